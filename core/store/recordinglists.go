package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// RecordingWithRoom is a recording, its room, and one caller's role on the
// recording.
type RecordingWithRoom struct {
	Recording
	Room Room // id, name, slug and access level
	Role Role
}

const recordingRoom = `, r.resource_id, r.name, COALESCE(r.slug, ''), r.access_level`

func (r *RecordingWithRoom) dest() []any {
	return append(r.Recording.dest(), &r.Room.ID, &r.Room.Name, &r.Room.Slug, &r.Room.AccessLevel, &r.Role)
}

func scanRecordingWithRoom(rs rows) (RecordingWithRoom, error) {
	var r RecordingWithRoom
	err := rs.Scan(r.dest()...)
	r.utc()
	return r, err
}

// RecordingFor returns a recording with its room and the viewer's role on it, or
// ErrNotFound.
func (q Queries) RecordingFor(ctx context.Context, id, viewer uuid.UUID) (RecordingWithRoom, error) {
	var r RecordingWithRoom
	err := one(ctx, q.c, `SELECT `+recordingColumns+recordingRoom+`, COALESCE(a.role, '')`+recordingFrom+`
		JOIN meet_room r ON r.resource_id = s.room_id
		LEFT JOIN meet_recording_access a ON a.recording_id = s.id AND a.user_id = $2
		WHERE s.id = $1`, []any{id, viewer}, r.dest()...)
	if err != nil {
		return RecordingWithRoom{}, fmt.Errorf("find recording %s: %w", id, err)
	}
	r.utc()
	return r, nil
}

// RecordingsOf returns a page of the recordings on which the user has any role,
// newest first, and how many there are in total.
func (q Queries) RecordingsOf(ctx context.Context, user uuid.UUID, limit, offset int) ([]RecordingWithRoom, int, error) {
	var total int
	err := one(ctx, q.c, `SELECT COUNT(*) FROM meet_recording_access a WHERE a.user_id = $1`, []any{user}, &total)
	if err != nil {
		return nil, 0, fmt.Errorf("count recordings of %s: %w", user, err)
	}
	list, err := all(ctx, q.c, scanRecordingWithRoom, `SELECT `+recordingColumns+recordingRoom+`, a.role`+recordingFrom+`
		JOIN meet_room r ON r.resource_id = s.room_id JOIN meet_recording_access a ON a.recording_id = s.id
		WHERE a.user_id = $1 ORDER BY s.created_at DESC, s.id LIMIT $2 OFFSET $3`, user, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("list recordings of %s: %w", user, err)
	}
	return list, total, nil
}

// RecordingOwners returns the accounts that own a recording, oldest access
// first.
func (q Queries) RecordingOwners(ctx context.Context, id uuid.UUID) ([]User, error) {
	list, err := all(ctx, q.c, scanUser, `SELECT `+userColumns+` FROM meet_recording_access a JOIN meet_user u ON u.id = a.user_id
		WHERE a.recording_id = $1 AND a.role = 'owner' ORDER BY a.created_at, a.id`, id)
	if err != nil {
		return nil, fmt.Errorf("list owners of recording %s: %w", id, err)
	}
	return list, nil
}

// RecordingCursor is a place in a list by age; the zero value is the start.
type RecordingCursor struct {
	CreatedAt time.Time
	ID        uuid.UUID
}

// Cursor is this recording's place.
func (r Recording) Cursor() RecordingCursor { return RecordingCursor{CreatedAt: r.CreatedAt, ID: r.ID} }

// RecordingsUnderWay returns up to limit recordings after a place, oldest first,
// that LiveKit may still report on: initiated, active and stopped ones, and those
// that are over while their egress may not be.
func (q Queries) RecordingsUnderWay(ctx context.Context, after RecordingCursor, limit int) ([]Recording, error) {
	list, err := all(ctx, q.c, scanRecording, `SELECT `+recordingColumns+recordingFrom+`
		WHERE s.status IN ('initiated', 'active', 'stopped', 'failed_to_stop')
		AND (s.status <> 'failed_to_stop' OR f.unresolved) AND (s.created_at, s.id) > ($1, $2)
		ORDER BY s.created_at, s.id LIMIT $3`, stamp(after.CreatedAt), after.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("list recordings under way: %w", err)
	}
	return list, nil
}

// RecordingLine is a recording as operators see it in a list.
type RecordingLine struct {
	Recording
	RoomName, RoomSlug string
	Owners             int    // how many accounts own it
	Owner              string // e-mail address of one of them, else its id; "" if there is none
	OpenNotices        int    // people still to be told
}

// RecordingLines returns up to limit recordings before a place, newest first,
// with rooms and owners, in one statement; the zero cursor is the start.
func (q Queries) RecordingLines(ctx context.Context, before RecordingCursor, status RecordingStatus, limit int) ([]RecordingLine, error) {
	if before.CreatedAt.IsZero() {
		before.CreatedAt = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	list, err := all(ctx, q.c, func(rs rows) (l RecordingLine, err error) {
		err = rs.Scan(append(l.Recording.dest(), &l.RoomName, &l.RoomSlug, &l.Owners, &l.Owner, &l.OpenNotices)...)
		l.utc()
		return l, err
	}, `SELECT `+recordingColumns+`, r.name, COALESCE(r.slug, ''), COALESCE(o.n, 0), COALESCE(o.label, ''), COALESCE(w.n, 0)`+recordingFrom+`
		JOIN meet_room r ON r.resource_id = s.room_id
		LEFT JOIN (SELECT a.recording_id, COUNT(*) AS n, MIN(COALESCE(u.email, u.admin_email, CAST(u.id AS text))) AS label
			FROM meet_recording_access a JOIN meet_user u ON u.id = a.user_id WHERE a.role = 'owner' GROUP BY a.recording_id) o
			ON o.recording_id = s.id
		LEFT JOIN (SELECT n.recording_id, COUNT(*) AS n FROM foyer_recording_notice n WHERE n.done_at IS NULL GROUP BY n.recording_id) w
			ON w.recording_id = s.id
		WHERE (s.created_at, s.id) < ($1, $2) AND ($3 = '' OR s.status = $3)
		ORDER BY s.created_at DESC, s.id DESC LIMIT $4`, stamp(before.CreatedAt), before.ID, status, limit)
	if err != nil {
		return nil, fmt.Errorf("list recordings: %w", err)
	}
	return list, nil
}
