package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Modes of a recording (database.md 4).
const (
	ScreenRecording = "screen_recording" // video, .mp4
	Transcript      = "transcript"       // audio, .ogg
)

// Recording is a row of meet_recording along with foyer_recording's columns.
type Recording struct {
	ID, RoomID           uuid.UUID
	CreatedAt, UpdatedAt time.Time // UTC, microseconds
	Status               RecordingStatus
	Mode                 string          // ScreenRecording or Transcript
	Options              json.RawMessage // an object
	WorkerID             string          // LiveKit's egress id, "" until it is known
	ProcessID            string          // job id of the external service, "" if there is none

	Stage      EgressStage // how far LiveKit has reported
	Outcome    string      // LiveKit's last word, such as "EGRESS_COMPLETE"; "" before
	Reason     string      // why it failed, for operators
	Unresolved bool        // the recording is over but the egress may still be running
	StartedAt  *time.Time  // of the file, according to LiveKit; nil = unknown
	EndedAt    *time.Time
	LimitAt    *time.Time // when the gateway itself stops it; nil = never
}

const recordingColumns = `s.id, s.room_id, s.created_at, s.updated_at, s.status, s.mode, s.options,
	COALESCE(s.worker_id, ''), COALESCE(s.external_process_id, ''), COALESCE(f.stage, ''), COALESCE(f.outcome, ''),
	COALESCE(f.reason, ''), COALESCE(f.unresolved, false), f.started_at, f.ended_at, f.limit_at`

const recordingFrom = ` FROM meet_recording s LEFT JOIN foyer_recording f ON f.recording_id = s.id`

// dest are the scan destinations of recordingColumns.
func (r *Recording) dest() []any {
	return []any{&r.ID, &r.RoomID, &r.CreatedAt, &r.UpdatedAt, &r.Status, &r.Mode, (*[]byte)(&r.Options), &r.WorkerID,
		&r.ProcessID, &r.Stage, &r.Outcome, &r.Reason, &r.Unresolved, &r.StartedAt, &r.EndedAt, &r.LimitAt}
}

func (r *Recording) utc() {
	r.CreatedAt, r.UpdatedAt = r.CreatedAt.UTC(), r.UpdatedAt.UTC()
	r.StartedAt, r.EndedAt, r.LimitAt = stampOf(r.StartedAt), stampOf(r.EndedAt), stampOf(r.LimitAt)
}

func scanRecording(rs rows) (Recording, error) {
	var r Recording
	err := rs.Scan(r.dest()...)
	r.utc()
	return r, err
}

// CreateRecording stores an initiated recording and makes owner its owner, in one
// transaction. ID, dates and status are filled in. A room that already has an
// initiated or active one is a Conflict on "recording".
func (q Queries) CreateRecording(ctx context.Context, r Recording, owner uuid.UUID) (Recording, error) {
	if r.ID == uuid.Nil {
		r.ID = uuid.New()
	}
	r.CreatedAt, r.Status = stamp(time.Now()), RecordingInitiated
	r.UpdatedAt = r.CreatedAt
	err := q.atomic(ctx, func(q Queries) (err error) {
		if r.Options, err = object(r.Options); err != nil {
			return err
		}
		if _, err := q.c.exec(ctx, `INSERT INTO meet_recording (id, created_at, updated_at, status, room_id, mode, options)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			r.ID, r.CreatedAt, r.UpdatedAt, r.Status, r.RoomID, r.Mode, string(r.Options)); err != nil {
			return translate(err)
		}
		_, err = q.c.exec(ctx, `INSERT INTO meet_recording_access (id, created_at, updated_at, team, role, recording_id, user_id)
			VALUES ($1, $2, $3, '', $4, $5, $6)`, uuid.New(), r.CreatedAt, r.UpdatedAt, Owner, r.ID, owner)
		return translate(err)
	})
	if err != nil {
		return Recording{}, fmt.Errorf("create recording of room %s: %w", r.RoomID, err)
	}
	return r, nil
}

// RecordingByID returns one recording, or ErrNotFound.
func (q Queries) RecordingByID(ctx context.Context, id uuid.UUID) (Recording, error) {
	return q.recording(ctx, "find recording "+id.String(), ` WHERE s.id = $1`, id)
}

// RecordingByWorker returns the recording of an egress, or ErrNotFound. The
// database does not prevent two from naming the same one; the newest is returned.
func (q Queries) RecordingByWorker(ctx context.Context, worker string) (Recording, error) {
	return q.recording(ctx, "find recording of egress "+worker, ` WHERE s.worker_id = $1 ORDER BY s.created_at DESC, s.id LIMIT 1`, worker)
}

// RecordingByProcess returns the recording of a job of the external service, or
// ErrNotFound.
func (q Queries) RecordingByProcess(ctx context.Context, process string) (Recording, error) {
	return q.recording(ctx, "find recording of process "+process, ` WHERE s.external_process_id = $1`, process)
}

// RecordingUnderWay returns the room's initiated or active recording, or
// ErrNotFound. There is at most one.
func (q Queries) RecordingUnderWay(ctx context.Context, room uuid.UUID) (Recording, error) {
	return q.recording(ctx, "find recording under way in room "+room.String(),
		` WHERE s.room_id = $1 AND s.status IN ('initiated', 'active')`, room)
}

func (q Queries) recording(ctx context.Context, attempt, where string, arg any) (Recording, error) {
	var r Recording
	if err := one(ctx, q.c, `SELECT `+recordingColumns+recordingFrom+where, []any{arg}, r.dest()...); err != nil {
		return Recording{}, fmt.Errorf("%s: %w", attempt, err)
	}
	r.utc()
	return r, nil
}

// DeleteRecording removes a recording and its accesses if allow accepts the
// recording as it is then, while nobody else can change it; an error of allow is
// returned as is. The stored file is not touched.
func (q Queries) DeleteRecording(ctx context.Context, id uuid.UUID, allow func(Recording) error) error {
	err := q.atomic(ctx, func(q Queries) error {
		r, err := q.lockedRecording(ctx, id)
		if err != nil {
			return err
		}
		if err := allow(r); err != nil {
			return err
		}
		if _, err := q.c.exec(ctx, `DELETE FROM meet_recording_access WHERE recording_id = $1`, id); err != nil {
			return err
		}
		n, err := q.c.exec(ctx, `DELETE FROM meet_recording WHERE id = $1`, id)
		return changed("remove row", n, err)
	})
	if err != nil {
		return fmt.Errorf("delete recording %s: %w", id, err)
	}
	return nil
}

// lockedRecording reads a recording that nobody else can change until the
// transaction ends.
func (q Queries) lockedRecording(ctx context.Context, id uuid.UUID) (Recording, error) {
	if err := one(ctx, q.c, q.c.locking(`SELECT s.id FROM meet_recording s WHERE s.id = $1`), []any{id}, new(uuid.UUID)); err != nil {
		return Recording{}, err
	}
	return q.RecordingByID(ctx, id)
}
