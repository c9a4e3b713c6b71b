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

// roomsOfPlanned is roomsOf for PostgreSQL, which would plan that one again for each
// request, at three times the cost of running it. It keeps a plan only if a new one does
// not look better, so what a new one would know of the arguments is hidden from it; and
// it is left no choice but to find each row by its index, which is right however many
// rooms somebody has.
const roomsOfPlanned = `SELECT p.resource_id, p.name, p.slug, p.configuration, p.access_level, p.pin_code, p.role,
		(SELECT COUNT(*) FROM meet_resource_access c
			CROSS JOIN LATERAL (SELECT 1 FROM meet_room n WHERE n.resource_id = c.resource_id OFFSET 0) n
			WHERE c.user_id = (SELECT CAST($1 AS uuid))), x.id, x.user_id, x.role
	FROM (SELECT r.resource_id, r.name, COALESCE(r.slug, '') AS slug, r.configuration, r.access_level, r.pin_code, a.role
		FROM meet_resource_access a CROSS JOIN LATERAL (SELECT * FROM meet_room r WHERE r.resource_id = a.resource_id OFFSET 0) r
		WHERE a.user_id = (SELECT CAST($1 AS uuid)) ORDER BY r.name, r.resource_id
		LIMIT (SELECT CAST($2 AS bigint)) OFFSET (SELECT CAST($3 AS bigint))) p
	LEFT JOIN LATERAL (SELECT * FROM meet_resource_access x
		WHERE x.resource_id = p.resource_id AND p.role IN ('owner', 'administrator') OFFSET 0) x ON TRUE
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
	}, q.c.planned(roomsOfPlanned, roomsOf), user, limit, offset)
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
