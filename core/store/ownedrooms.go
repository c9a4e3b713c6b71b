package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// OwnedRoom is a room, one caller's role in it, and where it comes from.
type OwnedRoom struct {
	RoomWithRole
	// Application is the one that created the room for this caller; uuid.Nil for
	// rooms of the frontend, of other callers, and from before sources were
	// recorded.
	Application uuid.UUID
}

const ownedRoom = `SELECT ` + roomColumns + `, COALESCE(a.role, ''), o.application_id` + roomFrom + `
	LEFT JOIN foyer_room_source o ON o.room_id = r.resource_id AND o.user_id = $2
	LEFT JOIN meet_resource_access a ON a.resource_id = r.resource_id AND a.user_id = $2 WHERE `

func scanOwnedRoom(rs rows) (OwnedRoom, error) {
	var r OwnedRoom
	var application *uuid.UUID
	err := rs.Scan(append(r.dest(), &r.Role, &application)...)
	if application != nil {
		r.Application = *application
	}
	r.utc()
	return r, err
}

// OwnedRoomByID returns one room with the viewer's role, or ErrNotFound.
func (q Queries) OwnedRoomByID(ctx context.Context, id, viewer uuid.UUID) (OwnedRoom, error) {
	list, err := all(ctx, q.c, scanOwnedRoom, ownedRoom+`r.resource_id = $1`, id, viewer)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return OwnedRoom{}, fmt.Errorf("find room %s: %w", id, err)
	}
	return list[0], nil
}

// CreateOwnedRoom is CreateRoom with the application that creates it.
func (q Queries) CreateOwnedRoom(ctx context.Context, r Room, owner, application uuid.UUID) (Room, error) {
	err := q.atomic(ctx, func(q Queries) (err error) {
		if r, err = q.insertRoom(ctx, r, owner); err != nil {
			return err
		}
		_, err = q.c.exec(ctx, `INSERT INTO foyer_room_source (room_id, application_id, user_id, created_at)
			VALUES ($1, $2, $3, $4)`, r.ID, application, owner, r.CreatedAt)
		return translate(err)
	})
	if err != nil {
		return Room{}, fmt.Errorf("create room: %w", err)
	}
	return r, nil
}

// RoomCursor is a place in a list of rooms by name.
type RoomCursor struct {
	Name string
	ID   uuid.UUID
}

// OwnedRoomQuery asks for rooms in which the user has any role.
type OwnedRoomQuery struct {
	User        uuid.UUID
	Application uuid.UUID // only those it created for the user; uuid.Nil = all
	After       *RoomCursor
	Limit       int
	Offset      int
}

func (x OwnedRoomQuery) where() (text string, args []any) {
	text, args = ` FROM meet_resource_access a JOIN meet_room r ON r.resource_id = a.resource_id
		JOIN meet_resource s ON s.id = r.resource_id LEFT JOIN foyer_room_source o ON o.room_id = r.resource_id AND o.user_id = $1
		WHERE a.user_id = $1`, []any{x.User}
	if x.Application != uuid.Nil {
		text, args = text+` AND o.application_id = $2`, append(args, x.Application)
	}
	return text, args
}

// CountOwnedRooms counts the rooms that a query matches on all pages.
func (q Queries) CountOwnedRooms(ctx context.Context, x OwnedRoomQuery) (n int, err error) {
	text, args := x.where()
	if err := one(ctx, q.c, `SELECT COUNT(*)`+text, args, &n); err != nil {
		return 0, fmt.Errorf("count rooms of %s: %w", x.User, err)
	}
	return n, nil
}

// OwnedRooms returns a page of rooms, by name.
func (q Queries) OwnedRooms(ctx context.Context, x OwnedRoomQuery) ([]OwnedRoom, error) {
	text, args := x.where()
	mark := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	if x.After != nil {
		text += ` AND (r.name, r.resource_id) > (` + mark(x.After.Name) + `, ` + mark(x.After.ID) + `)`
	}
	text += ` ORDER BY r.name, r.resource_id LIMIT ` + mark(x.Limit) + ` OFFSET ` + mark(x.Offset)
	list, err := all(ctx, q.c, scanOwnedRoom, `SELECT `+roomColumns+`, a.role, o.application_id`+text, args...)
	if err != nil {
		return nil, fmt.Errorf("list rooms of %s: %w", x.User, err)
	}
	return list, nil
}

// ChangeRoom lets change alter name, slug, configuration and access level while
// nobody else does, and stores the result; updated_at always grows. ErrChanged
// unless the room was last written at ifUpdatedAt (nil = in any case). An error
// of change is returned as is. A taken slug is a Conflict, a missing room
// ErrNotFound. before is the room as change found it.
func (q Queries) ChangeRoom(ctx context.Context, id uuid.UUID, ifUpdatedAt *time.Time, change func(*Room) error) (before, after Room, err error) {
	err = q.atomic(ctx, func(q Queries) error {
		found, err := q.lockRoomAt(ctx, id, ifUpdatedAt)
		if err != nil {
			return err
		}
		before, after = found, found
		if err := change(&after); err != nil {
			return err
		}
		if after, err = q.UpdateRoom(ctx, after); err != nil {
			return err
		}
		names := roomDifferences(before, after)
		if len(names) == 0 {
			return nil
		}
		return q.tell(ctx, module.EventRoomChanged, id, module.RoomChanged{Room: id, Changed: names, By: module.AuthorFrom(ctx)})
	})
	if err != nil {
		return Room{}, Room{}, fmt.Errorf("change room %s: %w", id, err)
	}
	return before, after, nil
}

// DeleteRoomIf is DeleteRoom, but ErrChanged if the room was not last written at
// ifUpdatedAt (nil = in any case).
func (q Queries) DeleteRoomIf(ctx context.Context, id uuid.UUID, ifUpdatedAt *time.Time) error {
	return q.atomic(ctx, func(q Queries) error {
		if _, err := q.lockRoomAt(ctx, id, ifUpdatedAt); err != nil {
			return fmt.Errorf("delete room %s: %w", id, err)
		}
		return q.DeleteRoom(ctx, id)
	})
}

// lockRoomAt locks a room and reads it; ErrChanged unless it was last written at
// at.
func (q Queries) lockRoomAt(ctx context.Context, id uuid.UUID, at *time.Time) (Room, error) {
	if err := q.lockRoom(ctx, id); err != nil {
		return Room{}, err
	}
	r, err := q.RoomByID(ctx, id, uuid.Nil)
	if err == nil && at != nil && !r.UpdatedAt.Equal(*at) {
		err = ErrChanged
	}
	return r.Room, err
}
