package module

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Statuses of a recording (contract: recording-summary-files.md 1.1).
// RecordingLeads has the transitions between them, all of which lead forward.
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

// Stages of an egress. LiveKit reports them in any order; they are kept in this
// one.
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

	// Where it is, computed from the core's configuration.
	Key         string    `json:"key"`          // of the file in the bucket
	MetadataKey string    `json:"metadata_key"` // of the collector's file, "" unless one was asked for
	Link        string    `json:"link"`         // page to download it from, "" = not configured
	ExpiresAt   time.Time `json:"expires_at"`   // zero = never
}

// NewRecording is a recording to begin; the owner gets the owner's access. The
// module chooses the id, so that the jobs that follow can name it.
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
	Stage  string                     // how far the egress is, by LiveKit's reports
	Option map[string]json.RawMessage // added to the options

	Worker, Outcome, Reason     string
	Unresolved                  *bool
	StartedAt, EndedAt, LimitAt time.Time
	Notices                     []string // who has to be notified; see Recordings.Told
}

// RecordingSettings are the core's settings that matter for making recordings.
type RecordingSettings struct {
	Folder    string `json:"folder"`    // of files in the bucket
	Collector string `json:"collector"` // agent that collects metadata, "" = off
}

// Recordings keeps recordings: the core owns the data and the transitions between
// statuses, the module decides which one is taken.
type Recordings interface {
	// Settings returns the core's settings.
	Settings(ctx context.Context) (RecordingSettings, error)
	// Create stores an initiated recording, its owner's access and what follows,
	// in one transaction. ErrConflict if the room already has one that is
	// initiated or active.
	Create(ctx context.Context, n NewRecording, then Then) (Recording, error)
	// ByID, ByWorker and UnderWay return one recording, or ErrNotFound: by its
	// id, by its LiveKit egress, and the initiated or active one of a room.
	ByID(ctx context.Context, id uuid.UUID) (Recording, error)
	ByWorker(ctx context.Context, egress string) (Recording, error)
	UnderWay(ctx context.Context, room uuid.UUID) (Recording, error)
	// Pending returns up to limit recordings that come after the given one (the
	// zero value is the beginning), oldest first, about which LiveKit may still
	// have something to report.
	Pending(ctx context.Context, after Recording, limit int) ([]Recording, error)
	// Owners returns the accounts that own it, oldest access first.
	Owners(ctx context.Context, id uuid.UUID) ([]User, error)
	// Move takes the step if the recording's state allows it, reports whether it
	// did, and returns the recording as it then is in either case. A step with To
	// is taken if the status moves, one with only Stage if the stage does, one
	// with neither always.
	Move(ctx context.Context, id uuid.UUID, m RecordingMove, then Then) (Recording, bool, error)
	// Stored asks the bucket whether the recording's file is there.
	Stored(ctx context.Context, id uuid.UUID) (bool, error)
	// Untold returns the notices of a recording that are still open.
	Untold(ctx context.Context, id uuid.UUID) ([]string, error)
	// Told closes a notice; a repeat changes nothing. When the last notice of a
	// saved recording is closed, the recording becomes RecordingNotified. A
	// non-empty process is the external service's job for the recording: it is
	// stored with the notice, and a result that arrived earlier is applied.
	// ErrConflict if another recording has the job.
	Told(ctx context.Context, id uuid.UUID, notice, process string) (Recording, error)
	// Report stores how the external service's job ended and reports whether a
	// recording has that job; if not, the result waits for one.
	Report(ctx context.Context, process string, ok bool) (bool, error)
}

// EventRecordingSaved is emitted by the module recording when a recording has
// become RecordingSaved: its Body is a SavedRecording, its Room the room's UUID.
// When an operator asks for another try it comes again, under another id.
const EventRecordingSaved = "recording_saved"

// SavedRecording is the body of EventRecordingSaved.
type SavedRecording struct {
	Recording uuid.UUID `json:"recording"`
	// Summary: the external service has to be told, and whoever does so closes
	// the notice NoticeSummary (Recordings.Told). If there is a MetadataKey, the
	// collector writes its file some seconds later.
	Summary bool `json:"summary"`
}

// NoticeSummary is the notice to the external service.
const NoticeSummary = "summary"
