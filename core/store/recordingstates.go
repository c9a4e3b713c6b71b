package store

import "slices"

// RecordingStatus is where a recording is (database.md 4). There are no others:
// the replaced server refuses to save a row with one it does not know.
type RecordingStatus string

// The statuses.
const (
	RecordingInitiated    RecordingStatus = "initiated"
	RecordingActive       RecordingStatus = "active"
	RecordingStopped      RecordingStatus = "stopped"
	RecordingSaved        RecordingStatus = "saved"
	RecordingAborted      RecordingStatus = "aborted"
	RecordingNotStarted   RecordingStatus = "failed_to_start"
	RecordingNotStopped   RecordingStatus = "failed_to_stop"
	RecordingNotified     RecordingStatus = "notification_succeeded"
	RecordingProcessed    RecordingStatus = "external_process_successful"
	RecordingNotProcessed RecordingStatus = "external_process_failed"
)

// before says from which statuses each one can be reached. It is the only
// place that does, and every way leads forward: what has happened once cannot
// happen again, and what comes late changes nothing.
var before = map[RecordingStatus][]RecordingStatus{
	RecordingActive:     {RecordingInitiated},
	RecordingNotStarted: {RecordingInitiated},
	RecordingStopped:    {RecordingActive},
	RecordingAborted:    {RecordingInitiated, RecordingActive, RecordingStopped},
	RecordingNotStopped: {RecordingInitiated, RecordingActive, RecordingStopped},
	// A file that was written after a failed stop is no less a file; see
	// RecordingMove.
	RecordingSaved:    {RecordingActive, RecordingStopped, RecordingNotStopped},
	RecordingNotified: {RecordingSaved},
	// The external service may tell of what this server never told as ended,
	// and may succeed at a second try, but does not fail what it had done.
	RecordingProcessed: {RecordingActive, RecordingStopped, RecordingSaved, RecordingNotified, RecordingNotProcessed,
		RecordingNotStopped, RecordingAborted},
	RecordingNotProcessed: {RecordingActive, RecordingStopped, RecordingSaved, RecordingNotified,
		RecordingNotStopped, RecordingAborted},
}

// Follows tells whether a recording may go from status to s.
func (s RecordingStatus) Follows(status RecordingStatus) bool {
	return slices.Contains(before[s], status)
}

// Known tells whether s is a status at all.
func (s RecordingStatus) Known() bool { return s == RecordingInitiated || before[s] != nil }

// Final tells whether a recording may be deleted (recording-summary-files.md
// 1.1). RecordingNotified is not final: clients know it so.
func (s RecordingStatus) Final() bool {
	switch s {
	case RecordingInitiated, RecordingActive, RecordingNotified, "":
		return false
	}
	return true
}

// Saved tells whether there is a file to download.
func (s RecordingStatus) Saved() bool {
	switch s {
	case RecordingSaved, RecordingNotified, RecordingProcessed, RecordingNotProcessed:
		return true
	}
	return false
}

// EgressStage is how far LiveKit has told of an egress; stages are told in any
// order and kept in this one.
type EgressStage string

// The stages.
const (
	EgressUnknown EgressStage = ""
	EgressStarted EgressStage = "started"
	EgressEnding  EgressStage = "ending"
	EgressEnded   EgressStage = "ended"
)

var stages = []EgressStage{EgressUnknown, EgressStarted, EgressEnding, EgressEnded}

// After tells whether s comes later than other.
func (s EgressStage) After(other EgressStage) bool {
	return slices.Index(stages, s) > slices.Index(stages, other)
}
