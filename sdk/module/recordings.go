package module

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Statuses of a recording (contract: recording-summary-files.md 1.1). RecordingLeads
// has the ways between them, which all lead forward.
const (
	RecordingInitiated    = "initiated"
	RecordingActive       = "active"
	RecordingStopped      = "stopped"
	RecordingSaved        = "saved"
	RecordingAborted      = "aborted"
	RecordingNotStarted   = "failed_to_start"
	RecordingNotStopped   = "failed_to_stop"
	RecordingNotified     = "notification_succeeded"
	RecordingProcessed    = "external_process_successful"
	RecordingNotProcessed = "external_process_failed"
)

// Modes of a recording.
const (
	ScreenRecording = "screen_recording" // video, .mp4
	Transcript      = "transcript"       // audio, .ogg
)

// Stages of an egress, as LiveKit tells of them: in any order, kept in this one.
const (
	EgressStarted = "started"
	EgressEnding  = "ending"
	EgressEnded   = "ended"
)

// Recording is a recording as modules see it.
type Recording struct {
	ID        uuid.UUID       `json:"id"`
	Room      uuid.UUID       `json:"room"`
	CreatedAt time.Time       `json:"created_at"` // UTC
	Status    string          `json:"status"`
	Mode      string          `json:"mode"`
	Options   json.RawMessage `json:"options"` // an object
	Worker    string          `json:"worker"`  // LiveKit's egress id, "" before one is known
	Process   string          `json:"process"` // job id of the external service, "" without one

	Stage      string    `json:"stage"`      // "" before LiveKit told of it
	Outcome    string    `json:"outcome"`    // LiveKit's last word, such as "EGRESS_COMPLETE"; "" before
	Unresolved bool      `json:"unresolved"` // it is over, and its egress may still be running
	StartedAt  time.Time `json:"started_at"` // of the file, by LiveKit; zero = unknown
	EndedAt    time.Time `json:"ended_at"`
	LimitAt    time.Time `json:"limit_at"` // when the gateway stops it; zero = never

	// Where it is, computed from the configuration of the core.
	Key         string    `json:"key"`          // of the file in the bucket
	MetadataKey string    `json:"metadata_key"` // of the collector's file, "" unless one was asked for
	Link        string    `json:"link"`         // page to download it from, "" = not configured
	ExpiresAt   time.Time `json:"expires_at"`   // zero = never
}

// NewRecording is a recording to begin; the owner gets the owner's access. The
// module chooses the id, which the jobs that follow can name.
type NewRecording struct {
	ID          uuid.UUID
	Room, Owner uuid.UUID
	Mode        string
	Options     json.RawMessage
}

// RecordingMove is one step forward. Zero fields change nothing.
type RecordingMove struct {
	To     string                     // status to reach
	From   []string                   // statuses it may be reached from, none = all that lead there
	Stage  string                     // how far LiveKit has told
	Option map[string]json.RawMessage // added to the options

	Worker, Outcome, Reason     string
	Unresolved                  *bool
	StartedAt, EndedAt, LimitAt time.Time
	Notices                     []string // who has to be told; see Recordings.Told
}

// RecordingSettings are those of the core that concern whoever makes recordings.
type RecordingSettings struct {
	Folder    string `json:"folder"`    // of files in the bucket
	Collector string `json:"collector"` // agent that collects metadata, "" = off
}

// Recordings keeps recordings: the core owns the data and the ways between
// statuses, the module decides which one is taken.
type Recordings interface {
	// Settings are those of the core.
	Settings(ctx context.Context) (RecordingSettings, error)
	// Create stores an initiated recording, its owner's access, and what
	// follows, in one transaction. ErrConflict when the room has one initiated
	// or active.
	Create(ctx context.Context, n NewRecording, then Then) (Recording, error)
	// ByID, ByWorker and UnderWay return one recording, or ErrNotFound: by its
	// id, of a LiveKit egress, and the initiated or active one of a room.
	ByID(ctx context.Context, id uuid.UUID) (Recording, error)
	ByWorker(ctx context.Context, egress string) (Recording, error)
	UnderWay(ctx context.Context, room uuid.UUID) (Recording, error)
	// Pending returns up to limit recordings that are older news than after
	// (the zero value is the beginning), oldest first, of which LiveKit may
	// still have something to tell.
	Pending(ctx context.Context, after Recording, limit int) ([]Recording, error)
	// Owners returns the accounts that own it, the oldest access first.
	Owners(ctx context.Context, id uuid.UUID) ([]User, error)
	// Move takes the step if the recording is where it can be taken from, tells
	// whether it was, and returns the recording as it is then in either case.
	// A step with To is taken when the status moves, one with Stage only when
	// the stage does, one with neither always.
	Move(ctx context.Context, id uuid.UUID, m RecordingMove, then Then) (Recording, bool, error)
	// Stored asks the bucket whether the recording's file is there.
	Stored(ctx context.Context, id uuid.UUID) (bool, error)
	// Untold are the notices of a recording that are still open.
	Untold(ctx context.Context, id uuid.UUID) ([]string, error)
	// Told closes a notice; a repeat changes nothing. When it was the last one
	// of a saved recording, that becomes RecordingNotified. A process that is
	// not "" is the job as which the external service took the recording: it is
	// stored with the notice, and a result that came before is applied.
	// ErrConflict when another recording has the job.
	Told(ctx context.Context, id uuid.UUID, notice, process string) (Recording, error)
	// Report stores how the external service's job ended and tells whether a
	// recording has it; else the result waits for one.
	Report(ctx context.Context, process string, ok bool) (bool, error)
}

// EventRecordingSaved is emitted by the module recording when a recording has
// become RecordingSaved: its Body is a SavedRecording, its Room the room's UUID.
// An operator who asks for another try makes it come again, under another id.
const EventRecordingSaved = "recording_saved"

// SavedRecording is the body of EventRecordingSaved.
type SavedRecording struct {
	Recording uuid.UUID `json:"recording"`
	// Summary: the external service has to be told. Whoever does closes the
	// notice NoticeSummary (Recordings.Told). The collector's file, when there
	// is a MetadataKey, is written some seconds after this.
	Summary bool `json:"summary"`
}

// NoticeSummary is the notice to the external service.
const NoticeSummary = "summary"
