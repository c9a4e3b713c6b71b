package store

import (
	"slices"

	"foyer/sdk/module"
)

// RecordingStatus is where a recording is (database.md 4). There can be no
// others: the replaced server refuses to save a row with one it does not know.
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

// Follows reports whether a recording may go from status to s.
func (s RecordingStatus) Follows(status RecordingStatus) bool {
	return module.RecordingLeads(string(status), string(s))
}

// Known reports whether s is a status at all.
func (s RecordingStatus) Known() bool { return module.IsRecordingStatus(string(s)) }

// Final reports whether a recording may be deleted (recording-summary-files.md
// 1.1). RecordingNotified is not final: clients expect it that way.
func (s RecordingStatus) Final() bool {
	switch s {
	case RecordingInitiated, RecordingActive, RecordingNotified, "":
		return false
	}
	return true
}

// Saved reports whether there is a file to download.
func (s RecordingStatus) Saved() bool {
	switch s {
	case RecordingSaved, RecordingNotified, RecordingProcessed, RecordingNotProcessed:
		return true
	}
	return false
}

// EgressStage is how far LiveKit has reported on an egress; reports arrive in any
// order, stages only move forward.
type EgressStage string

// The stages.
const (
	EgressUnknown EgressStage = ""
	EgressStarted EgressStage = "started"
	EgressEnding  EgressStage = "ending"
	EgressEnded   EgressStage = "ended"
)

var stages = []EgressStage{EgressUnknown, EgressStarted, EgressEnding, EgressEnded}

// After reports whether s comes later than other.
func (s EgressStage) After(other EgressStage) bool {
	return slices.Index(stages, s) > slices.Index(stages, other)
}
