package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

const roomColumns = `r.resource_id, r.name, COALESCE(r.slug, ''), r.configuration, r.access_level, r.pin_code,
	s.created_at, s.updated_at`

const roomFrom = ` FROM meet_room r JOIN meet_resource s ON s.id = r.resource_id`

func (r *Room) dest() []any {
	return []any{&r.ID, &r.Name, &r.Slug, (*[]byte)(&r.Configuration), &r.AccessLevel, &r.PINCode, &r.CreatedAt, &r.UpdatedAt}
}

// viewed reads one room with the viewer's role; uuid.Nil has none.
const viewed = `SELECT ` + roomColumns + `, COALESCE(a.role, '')` + roomFrom + `
	LEFT JOIN meet_resource_access a ON a.resource_id = r.resource_id AND a.user_id = $2 WHERE `

// RoomByID returns one room and the viewer's role in it, or ErrNotFound.
func (q Queries) RoomByID(ctx context.Context, id, viewer uuid.UUID) (RoomWithRole, error) {
	return q.room(ctx, viewed+`r.resource_id = $1`, id, viewer)
}

// RoomBySlug returns one room and the viewer's role in it, or ErrNotFound. The
// replaced server left rooms with an empty slug; "" finds none of them.
func (q Queries) RoomBySlug(ctx context.Context, slug string, viewer uuid.UUID) (RoomWithRole, error) {
	if slug == "" {
		return RoomWithRole{}, fmt.Errorf("find room without a slug: %w", ErrNotFound)
	}
	return q.room(ctx, viewed+`r.slug = $1`, slug, viewer)
}

func (q Queries) room(ctx context.Context, text string, key any, viewer uuid.UUID) (RoomWithRole, error) {
	var r RoomWithRole
	if err := quickOne(ctx, q.c, text, []any{key, viewer}, append(r.dest(), &r.Role)...); err != nil {
		return RoomWithRole{}, fmt.Errorf("find room %v: %w", key, err)
	}
	r.utc()
	return r, nil
}

func (r *Room) utc() { r.CreatedAt, r.UpdatedAt = r.CreatedAt.UTC(), r.UpdatedAt.UTC() }

// CreateRoom stores a room and makes owner its owner, in one transaction. ID and
// dates are filled in. A taken slug or PIN is a Conflict.
func (q Queries) CreateRoom(ctx context.Context, r Room, owner uuid.UUID) (Room, error) {
	err := q.atomic(ctx, func(q Queries) (err error) {
		r, err = q.insertRoom(ctx, r, owner)
		return err
	})
	if err != nil {
		return Room{}, fmt.Errorf("create room: %w", err)
	}
	return r, nil
}

func (q Queries) insertRoom(ctx context.Context, r Room, owner uuid.UUID) (Room, error) {
	if r.ID == uuid.Nil {
		r.ID = uuid.New()
	}
	r.CreatedAt = stamp(time.Now())
	r.UpdatedAt = r.CreatedAt
	var err error
	if r.Configuration, err = object(r.Configuration); err != nil {
		return Room{}, err
	}
	if _, err := q.c.exec(ctx, `INSERT INTO meet_resource (id, created_at, updated_at) VALUES ($1, $2, $3)`,
		r.ID, r.CreatedAt, r.UpdatedAt); err != nil {
		return Room{}, translate(err)
	}
	if _, err := q.c.exec(ctx, `INSERT INTO meet_room (resource_id, name, slug, configuration, access_level, pin_code)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		r.ID, r.Name, r.Slug, string(r.Configuration), r.AccessLevel, r.PINCode); err != nil {
		return Room{}, translate(err)
	}
	if _, err = q.c.exec(ctx, `INSERT INTO meet_resource_access (id, created_at, updated_at, role, resource_id, user_id)
		VALUES ($1, $2, $3, $4, $5, $6)`, uuid.New(), r.CreatedAt, r.UpdatedAt, Owner, r.ID, owner); err != nil {
		return Room{}, translate(err)
	}
	return r, q.tell(ctx, module.EventRoomCreated, r.ID, module.RoomCreated{Room: r.ID, Owner: owner, By: module.AuthorFrom(ctx)})
}

// UpdateRoom stores name, slug, configuration and access level, bumps updated_at,
// and returns r with that. The PIN and created_at stay what they are in the
// database. A taken slug is a Conflict, a missing room ErrNotFound. It does not
// know the previous state and so tells no listeners; ChangeRoom does.
func (q Queries) UpdateRoom(ctx context.Context, r Room) (Room, error) {
	r.UpdatedAt = after(r.UpdatedAt)
	err := q.atomic(ctx, func(q Queries) (err error) {
		if r.Configuration, err = object(r.Configuration); err != nil {
			return err
		}
		// The resource first, in the order of everyone who locks it (lockRoom).
		n, err := q.c.exec(ctx, `UPDATE meet_resource SET updated_at = $2 WHERE id = $1`, r.ID, r.UpdatedAt)
		if err := changed("write resource", n, err); err != nil {
			return err
		}
		n, err = q.c.exec(ctx, `UPDATE meet_room SET name = $2, slug = $3, configuration = $4, access_level = $5
			WHERE resource_id = $1`, r.ID, r.Name, r.Slug, string(r.Configuration), r.AccessLevel)
		return changed("write room", n, err)
	})
	if err != nil {
		return Room{}, fmt.Errorf("update room %s: %w", r.ID, err)
	}
	return r, nil
}

// after returns the current time, or one later than t if the clock is not: a
// change can be told from the state before it.
func after(t time.Time) time.Time {
	now := stamp(time.Now())
	if next := stamp(t).Add(time.Microsecond); now.Before(next) {
		return next
	}
	return now
}

// deleteRoom removes a room and everything that belongs to it, children first
// (database.md 5).
var deleteRoom = []string{
	`DELETE FROM meet_recording_access WHERE recording_id IN (SELECT id FROM meet_recording WHERE room_id = $1)`,
	`DELETE FROM meet_recording WHERE room_id = $1`,
	`DELETE FROM meet_resource_access WHERE resource_id = $1`,
	`DELETE FROM foyer_room_source WHERE room_id = $1`,
	`DELETE FROM foyer_standing WHERE room_id = $1`,
	`DELETE FROM meet_room WHERE resource_id = $1`,
}

// DeleteRoom removes the room, its accesses and the rows of its recordings.
func (q Queries) DeleteRoom(ctx context.Context, id uuid.UUID) error {
	err := q.atomic(ctx, func(q Queries) error {
		if err := q.lockRoom(ctx, id); err != nil { // before its accesses, in the same order as those who change them
			return err
		}
		for _, text := range deleteRoom {
			if _, err := q.c.exec(ctx, text, id); err != nil {
				return err
			}
		}
		n, err := q.c.exec(ctx, `DELETE FROM meet_resource WHERE id = $1`, id)
		if err := changed("remove resource", n, err); err != nil {
			return err
		}
		return q.tell(ctx, module.EventRoomDeleted, id, module.RoomDeleted{Room: id, By: module.AuthorFrom(ctx)})
	})
	if err != nil {
		return fmt.Errorf("delete room %s: %w", id, err)
	}
	return nil
}

// AccessLevels returns the access levels of the rooms that exist, in one
// statement.
func (q Queries) AccessLevels(ctx context.Context, rooms ...uuid.UUID) (map[uuid.UUID]string, error) {
	levels := map[uuid.UUID]string{}
	if len(rooms) == 0 {
		return levels, nil
	}
	in, args := marked(nil, rooms)
	_, err := all(ctx, q.c, func(r rows) (id uuid.UUID, err error) {
		var level string
		err = r.Scan(&id, &level)
		levels[id] = level
		return id, err
	}, `SELECT resource_id, access_level FROM meet_room WHERE resource_id IN (`+in+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("list access levels: %w", err)
	}
	return levels, nil
}
