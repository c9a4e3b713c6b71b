package module

import "slices"

// recordingWays says from which statuses each one can be reached. It is the only
// place that does, and every way leads forward: what has happened once cannot
// happen again, and what comes late changes nothing.
var recordingWays = map[string][]string{
	RecordingInitiated:  nil,
	RecordingActive:     {RecordingInitiated},
	RecordingNotStarted: {RecordingInitiated},
	RecordingStopped:    {RecordingActive},
	RecordingAborted:    {RecordingInitiated, RecordingActive, RecordingStopped},
	RecordingNotStopped: {RecordingInitiated, RecordingActive, RecordingStopped},
	// A file that was written after a failed stop is no less a file; but only
	// while the recording is unresolved.
	RecordingSaved:    {RecordingActive, RecordingStopped, RecordingNotStopped},
	RecordingNotified: {RecordingSaved},
	// The external service may tell of what this server never told as ended,
	// and may succeed at a second try, but does not fail what it had done.
	RecordingProcessed: {RecordingActive, RecordingStopped, RecordingSaved, RecordingNotified, RecordingNotProcessed,
		RecordingNotStopped, RecordingAborted},
	RecordingNotProcessed: {RecordingActive, RecordingStopped, RecordingSaved, RecordingNotified,
		RecordingNotStopped, RecordingAborted},
}

// RecordingLeads tells whether a recording may go from one status to another.
func RecordingLeads(from, to string) bool { return slices.Contains(recordingWays[to], from) }

// IsRecordingStatus tells whether there is such a status.
func IsRecordingStatus(status string) bool {
	_, known := recordingWays[status]
	return known
}
