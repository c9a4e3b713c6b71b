package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// ListedRoom is a room as lists show it: without its dates.
type ListedRoom struct {
	RoomWithRole
	// Accesses are all those to a room that the user administers, newest first and
	// without dates; nil for other rooms.
	Accesses []Access
}

const countRoomsOf = `SELECT COUNT(*) FROM meet_resource_access c JOIN meet_room n ON n.resource_id = c.resource_id WHERE c.user_id = $1`

// roomsOf reads a page of rooms, how many there are on all pages, and the accesses to
// them in one statement: what a statement costs besides its rows is most of what a
// list costs. A room has a row for each of its accesses. The number is a query of its
// own because a window function takes SQLite three times as long for thousands of rooms.
const roomsOf = `SELECT p.resource_id, p.name, p.slug, p.configuration, p.access_level, p.pin_code, p.role, (` + countRoomsOf + `), x.id, x.user_id, x.role
	FROM (SELECT r.resource_id, r.name, COALESCE(r.slug, '') AS slug, r.configuration, r.access_level, r.pin_code, a.role
		FROM meet_resource_access a JOIN meet_room r ON r.resource_id = a.resource_id
		WHERE a.user_id = $1 ORDER BY r.name, r.resource_id LIMIT $2 OFFSET $3) p
	LEFT JOIN meet_resource_access x ON x.resource_id = p.resource_id AND p.role IN ('owner', 'administrator')
	ORDER BY p.name, p.resource_id, x.created_at DESC, x.id`

// RoomsOf returns a page of the rooms in which the user has any role, by name,
// and how many there are in total.
func (q Queries) RoomsOf(ctx context.Context, user uuid.UUID, limit, offset int) (list []ListedRoom, total int, err error) {
	list = make([]ListedRoom, 0, min(limit, 128))
	_, err = all(ctx, q.c, func(rs rows) (_ struct{}, err error) {
		var r RoomWithRole
		var id, holder *uuid.UUID
		var role *Role
		err = rs.Scan(&r.ID, &r.Name, &r.Slug, (*[]byte)(&r.Configuration), &r.AccessLevel, &r.PINCode, &r.Role, &total, &id, &holder, &role)
		if err != nil {
			return struct{}{}, err
		}
		if n := len(list); n == 0 || list[n-1].ID != r.ID {
			list = append(list, ListedRoom{RoomWithRole: r})
		}
		if id != nil {
			of := &list[len(list)-1]
			of.Accesses = append(of.Accesses, Access{ID: *id, UserID: *holder, RoomID: r.ID, Role: *role})
		}
		return struct{}{}, nil
	}, roomsOf, user, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("list rooms of %s: %w", user, err)
	}
	if len(list) > 0 || limit > 0 && offset == 0 {
		return list, total, nil
	}
	err = one(ctx, q.c, countRoomsOf, []any{user}, &total) // a page beyond the end does not tell
	if err != nil {
		return nil, 0, fmt.Errorf("count rooms of %s: %w", user, err)
	}
	return list, total, nil
}
