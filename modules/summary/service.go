package summary

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// announce is the kind of the module's jobs.
const announce = "announce"

// autoSummary is the flag, per account, of users who want a summary without asking each
// time (contract: external-api.md 9).
const autoSummary module.Flag = "summary-enabled"

// The parts of the host, the store and the client that the service uses.
type (
	recordings interface {
		ByID(ctx context.Context, id uuid.UUID) (module.Recording, error)
		Owners(ctx context.Context, id uuid.UUID) ([]module.User, error)
		Untold(ctx context.Context, id uuid.UUID) ([]string, error)
		Told(ctx context.Context, id uuid.UUID, notice, process string) (module.Recording, error)
		Report(ctx context.Context, process string, ok bool) (bool, error)
	}
	rooms interface {
		ByID(ctx context.Context, id uuid.UUID) (module.Room, error)
	}
	signer interface {
		PresignGet(ctx context.Context, key string, validity time.Duration) (string, error)
	}
	submitter interface {
		submit(ctx context.Context, payload any, key string) (process string, err error)
	}
)

type service struct {
	config     *Config
	summary    submitter
	files      signer
	rooms      rooms
	recordings recordings
	jobs       module.Jobs
	flags      module.Flags
}

// job is the argument of a job.
type job struct {
	Recording uuid.UUID `json:"recording"`
}

// listen stores a job for a recording that is to be announced. A repeated event finds
// the unfinished job, or a notice that is already closed.
func (s *service) listen(ctx context.Context, e module.Event) error {
	var done module.SavedRecording
	if err := json.Unmarshal(e.Body, &done); err != nil {
		return fmt.Errorf("read event %s: %w", e.ID, err)
	}
	if !done.Summary {
		return nil
	}
	return s.jobs.Enqueue(ctx, announce, job{done.Recording}, module.JobOptions{Unique: done.Recording.String()})
}

// work announces one recording, unless that has been done or nobody wants it.
func (s *service) work(ctx context.Context, raw module.Job) error {
	var j job
	if err := json.Unmarshal(raw.Args, &j); err != nil {
		return fmt.Errorf("read job %s: %w: %w", raw.Kind, err, module.ErrGiveUp)
	}
	open, err := s.recordings.Untold(ctx, j.Recording)
	if errors.Is(err, module.ErrNotFound) {
		return nil // deleted in the meantime
	}
	if err != nil {
		return err
	}
	if !slices.Contains(open, module.NoticeSummary) {
		return nil
	}
	f, err := s.gather(ctx, j.Recording)
	if errors.Is(err, module.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("announce recording %s: %w", j.Recording, err)
	}
	var payload any = f.first()
	if s.config.Version == version2 {
		payload = f.second()
	}
	process, err := s.summary.submit(ctx, payload, "recording-"+j.Recording.String())
	if err != nil {
		return fmt.Errorf("recording %s: %w", j.Recording, err)
	}
	_, err = s.recordings.Told(ctx, j.Recording, module.NoticeSummary, process)
	return err
}

// gather collects the facts for the service.
func (s *service) gather(ctx context.Context, id uuid.UUID) (f facts, err error) {
	if f.recording, err = s.recordings.ByID(ctx, id); err != nil {
		return f, err
	}
	if f.recording.Link == "" {
		return f, fmt.Errorf("recordings.download_base_url is not configured: %w", module.ErrPostponed)
	}
	if f.room, err = s.rooms.ByID(ctx, f.recording.Room); err != nil {
		return f, err
	}
	owners, err := s.recordings.Owners(ctx, id)
	if err != nil {
		return f, err
	}
	if len(owners) == 0 {
		return f, fmt.Errorf("it has no owner: %w", module.ErrGiveUp)
	}
	f.owner = owners[len(owners)-1] // the latest
	if f.options, err = optionsOf(f.recording); err != nil {
		return f, fmt.Errorf("read its options: %w: %w", err, module.ErrGiveUp)
	}
	f.title = title(s.config.Titles, f.owner.Language, f.room.Name, f.owner.Timezone, f.recording.StartedAt)
	if s.config.Version == version1 {
		return f, nil
	}
	return f, s.sign(ctx, &f)
}

// sign adds what only version 2 is sent.
func (s *service) sign(ctx context.Context, f *facts) (err error) {
	f.form = s.config.FormBaseURL
	f.summarise = s.flags.Enabled(ctx, autoSummary, f.owner.ID)
	if f.file, err = s.files.PresignGet(ctx, f.recording.Key, s.config.SignedFor); err != nil {
		return err
	}
	if f.recording.MetadataKey != "" {
		f.metadata, err = s.files.PresignGet(ctx, f.recording.MetadataKey, s.config.SignedFor)
	}
	return err
}
