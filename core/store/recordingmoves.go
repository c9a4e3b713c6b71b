package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// RecordingMove is one step forward. Zero fields change nothing.
type RecordingMove struct {
	// To is the status to reach, "" = unchanged. From limits the statuses it may
	// be reached from; empty = all that allow it. RecordingNotStopped leads to
	// RecordingSaved only while it is unresolved.
	To   RecordingStatus
	From []RecordingStatus
	// Stage is how far LiveKit has reported. One not later than the known one is
	// ignored.
	Stage EgressStage
	// Option is added to the options under its key, as a JSON value.
	Option map[string]json.RawMessage

	WorkerID           string // the egress id; one that is already stored stays
	Outcome, Reason    string
	Unresolved         *bool
	StartedAt, EndedAt *time.Time // of the file
	LimitAt            *time.Time
	Notices            []string // who must be told, see RecordingNotices
}

// MoveRecording takes the step if the recording is where it can be taken from,
// and reports whether it was; either way it returns the recording as it is then.
// A step with To is taken when the status moves, one with only Stage when the
// stage does, one with neither always. ErrNotFound if there is no such recording.
// In a transaction, it keeps the recording locked until that ends.
func (q Queries) MoveRecording(ctx context.Context, id uuid.UUID, m RecordingMove) (r Recording, moved bool, err error) {
	err = q.atomic(ctx, func(q Queries) error {
		if r, err = q.lockedRecording(ctx, id); err != nil {
			return err
		}
		if moved = m.allowed(r); !moved {
			return nil
		}
		if err := q.applyMove(ctx, &r, m); err != nil {
			return err
		}
		return q.AddRecordingNotices(ctx, id, m.Notices...)
	})
	if err != nil {
		return Recording{}, false, fmt.Errorf("move recording %s to %q: %w", id, m.To, err)
	}
	return r, moved, nil
}

func (m RecordingMove) allowed(r Recording) bool {
	switch {
	case m.To == "" && m.Stage != EgressUnknown:
		return m.Stage.After(r.Stage)
	case m.To == "":
		return true
	case len(m.From) > 0 && !slices.Contains(m.From, r.Status):
		return false
	case r.Status == RecordingNotStopped && m.To == RecordingSaved && !r.Unresolved:
		return false
	}
	return m.To.Follows(r.Status)
}

// applyMove changes r as m says and writes it.
func (q Queries) applyMove(ctx context.Context, r *Recording, m RecordingMove) (err error) {
	if m.To != "" {
		r.Status, r.UpdatedAt = m.To, stamp(time.Now())
	}
	if r.WorkerID == "" {
		r.WorkerID = m.WorkerID
	}
	if r.Options, err = withOptions(r.Options, m.Option); err != nil {
		return err
	}
	var worker *string
	if r.WorkerID != "" {
		worker = &r.WorkerID
	}
	if _, err := q.c.exec(ctx, `UPDATE meet_recording SET status = $2, updated_at = $3, worker_id = $4, options = $5 WHERE id = $1`,
		r.ID, r.Status, r.UpdatedAt, worker, string(r.Options)); err != nil {
		return translate(err)
	}
	if m.Stage.After(r.Stage) {
		r.Stage = m.Stage
	}
	r.Outcome, r.Reason = orKept(m.Outcome, r.Outcome), orKept(m.Reason, r.Reason)
	if m.Unresolved != nil {
		r.Unresolved = *m.Unresolved
	}
	r.StartedAt, r.EndedAt, r.LimitAt = later(m.StartedAt, r.StartedAt), later(m.EndedAt, r.EndedAt), later(m.LimitAt, r.LimitAt)
	_, err = q.c.exec(ctx, `INSERT INTO foyer_recording (recording_id, stage, outcome, reason, unresolved, started_at, ended_at, limit_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (recording_id) DO UPDATE SET stage = excluded.stage,
		outcome = excluded.outcome, reason = excluded.reason, unresolved = excluded.unresolved,
		started_at = excluded.started_at, ended_at = excluded.ended_at, limit_at = excluded.limit_at`,
		r.ID, r.Stage, r.Outcome, r.Reason, r.Unresolved, r.StartedAt, r.EndedAt, r.LimitAt)
	return translate(err)
}

func orKept(text, kept string) string {
	if text == "" {
		return kept
	}
	return text
}

// later returns t as both engines keep it, or the known time if t is nil.
func later(t, known *time.Time) *time.Time {
	if t == nil {
		return known
	}
	return stampOf(t)
}

func withOptions(options json.RawMessage, added map[string]json.RawMessage) (json.RawMessage, error) {
	if len(added) == 0 {
		return options, nil
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(options, &all); err != nil {
		return nil, fmt.Errorf("read options: %w", err)
	}
	for k, v := range added {
		all[k] = v
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("%w: option: %w", ErrInvalid, err)
	}
	return object(raw)
}
