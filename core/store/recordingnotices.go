package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// RecordingNotice is somebody who must be told of a finished recording, once.
type RecordingNotice struct {
	Kind   string // such as "summary", or "mail:" and an account's id
	DoneAt *time.Time
}

// RecordingNotices returns the notices of a recording.
func (q Queries) RecordingNotices(ctx context.Context, id uuid.UUID) ([]RecordingNotice, error) {
	list, err := all(ctx, q.c, func(r rows) (n RecordingNotice, err error) {
		err = r.Scan(&n.Kind, &n.DoneAt)
		n.DoneAt = stampOf(n.DoneAt)
		return n, err
	}, `SELECT kind, done_at FROM foyer_recording_notice WHERE recording_id = $1 ORDER BY kind`, id)
	if err != nil {
		return nil, fmt.Errorf("list notices of recording %s: %w", id, err)
	}
	return list, nil
}

// AddRecordingNotices adds who must be told; a notice that exists stays as it is.
func (q Queries) AddRecordingNotices(ctx context.Context, id uuid.UUID, kinds ...string) error {
	for _, kind := range kinds {
		if _, err := q.c.exec(ctx, `INSERT INTO foyer_recording_notice (recording_id, kind) VALUES ($1, $2)
			ON CONFLICT (recording_id, kind) DO NOTHING`, id, kind); err != nil {
			return fmt.Errorf("note %s for recording %s: %w", kind, id, translate(err))
		}
	}
	return nil
}

// RecordingTold records that somebody was told. If that was the last notice of a
// saved recording, the recording becomes RecordingNotified. A repeat changes
// nothing.
func (q Queries) RecordingTold(ctx context.Context, id uuid.UUID, kind string) (r Recording, err error) {
	err = q.atomic(ctx, func(q Queries) error {
		if r, err = q.lockedRecording(ctx, id); err != nil {
			return err
		}
		if err := q.AddRecordingNotices(ctx, id, kind); err != nil {
			return err
		}
		if _, err := q.c.exec(ctx, `UPDATE foyer_recording_notice SET done_at = $3
			WHERE recording_id = $1 AND kind = $2 AND done_at IS NULL`, id, kind, stamp(time.Now())); err != nil {
			return err
		}
		var open int
		if err := one(ctx, q.c, `SELECT COUNT(*) FROM foyer_recording_notice WHERE recording_id = $1 AND done_at IS NULL`,
			[]any{id}, &open); err != nil || open > 0 {
			return err
		}
		r, _, err = q.MoveRecording(ctx, id, RecordingMove{To: RecordingNotified})
		return err
	})
	if err != nil {
		return Recording{}, fmt.Errorf("note that %s was told of recording %s: %w", kind, id, err)
	}
	return r, nil
}
