package module

import "slices"

// recordingWays says from which statuses each one can be reached. It is the only
// place that does, and every transition leads forward: what has happened once
// cannot happen again, and what comes late changes nothing.
var recordingWays = map[string][]string{
	RecordingInitiated:  nil,
	RecordingActive:     {RecordingInitiated},
	RecordingNotStarted: {RecordingInitiated},
	RecordingStopped:    {RecordingActive},
	RecordingAborted:    {RecordingInitiated, RecordingActive, RecordingStopped},
	RecordingNotStopped: {RecordingInitiated, RecordingActive, RecordingStopped},
	// A file written after a failed stop is still a file, but it counts only
	// while the recording is unresolved.
	RecordingSaved:    {RecordingActive, RecordingStopped, RecordingNotStopped},
	RecordingNotified: {RecordingSaved},
	// The external service may report on a recording that was never reported to
	// us as ended, and may succeed at a second try, but cannot fail what it has
	// already done.
	RecordingProcessed: {RecordingActive, RecordingStopped, RecordingSaved, RecordingNotified, RecordingNotProcessed,
		RecordingNotStopped, RecordingAborted},
	RecordingNotProcessed: {RecordingActive, RecordingStopped, RecordingSaved, RecordingNotified,
		RecordingNotStopped, RecordingAborted},
}

// RecordingLeads reports whether a recording may go from one status to another.
func RecordingLeads(from, to string) bool { return slices.Contains(recordingWays[to], from) }

// IsRecordingStatus reports whether there is such a status.
func IsRecordingStatus(status string) bool {
	_, known := recordingWays[status]
	return known
}
