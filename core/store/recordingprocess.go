package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// AcceptProcess stores that the external service took the recording as its job,
// and applies a result that arrived before. A job id that another recording has
// is a Conflict on "process".
func (q Queries) AcceptProcess(ctx context.Context, id uuid.UUID, process string) (r Recording, err error) {
	err = q.atomic(ctx, func(q Queries) error {
		outcome, err := q.lockProcess(ctx, process, "")
		if err != nil {
			return err
		}
		n, err := q.c.exec(ctx, `UPDATE meet_recording SET external_process_id = $2 WHERE id = $1`, id, process)
		if err := changed("write process", n, err); err != nil {
			return err
		}
		if outcome == "" {
			r, err = q.RecordingByID(ctx, id)
			return err
		}
		r, _, err = q.MoveRecording(ctx, id, RecordingMove{To: RecordingStatus(outcome)})
		return err
	})
	if err != nil {
		return Recording{}, fmt.Errorf("accept process %s of recording %s: %w", process, id, err)
	}
	return r, nil
}

// ReportProcess stores what the external service says about its job: outcome is
// RecordingProcessed or RecordingNotProcessed. It reports whether a recording has
// the job; a result for a job that none has yet is kept until one does.
func (q Queries) ReportProcess(ctx context.Context, process string, outcome RecordingStatus) (known bool, err error) {
	err = q.atomic(ctx, func(q Queries) error {
		known = false
		if _, err := q.lockProcess(ctx, process, outcome); err != nil {
			return err
		}
		r, err := q.RecordingByProcess(ctx, process)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		known = true
		_, _, err = q.MoveRecording(ctx, r.ID, RecordingMove{To: outcome})
		return err
	})
	if err != nil {
		return false, fmt.Errorf("report process %s: %w", process, err)
	}
	return known, nil
}

// lockProcess keeps others from accepting or reporting the job until the
// transaction ends, and returns its result, written here or known before; "" if
// there is none.
func (q Queries) lockProcess(ctx context.Context, process string, outcome RecordingStatus) (known string, err error) {
	r, err := q.c.change(ctx, `INSERT INTO foyer_process (id, outcome, at) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET at = excluded.at, outcome = CASE WHEN excluded.outcome = ''
			THEN foyer_process.outcome ELSE excluded.outcome END
		RETURNING outcome`, process, outcome, stamp(time.Now()))
	err = only(r, err, &known)
	return known, err
}

// DeleteProcessesBefore removes up to limit jobs of the external service last
// heard of before t, oldest first, and returns how many.
func (q Queries) DeleteProcessesBefore(ctx context.Context, t time.Time, limit int) (int, error) {
	return q.sweep(ctx, "delete old processes", `foyer_process`, `id`, `at < $1`, `at`, stamp(t), limit)
}
