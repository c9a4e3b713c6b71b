package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

const accessColumns = `a.id, a.user_id, a.resource_id, a.role, a.created_at, a.updated_at`

// dest are the scan destinations of accessColumns.
func (a *Access) dest() []any {
	return []any{&a.ID, &a.UserID, &a.RoomID, &a.Role, &a.CreatedAt, &a.UpdatedAt}
}

func (a *Access) utc() { a.CreatedAt, a.UpdatedAt = a.CreatedAt.UTC(), a.UpdatedAt.UTC() }

// AccessByID returns an access and the viewer's role on its room, or ErrNotFound.
func (q Queries) AccessByID(ctx context.Context, id, viewer uuid.UUID) (AccessWithRole, error) {
	var a AccessWithRole
	err := one(ctx, q.c, `SELECT `+accessColumns+`, COALESCE(mine.role, '') FROM meet_resource_access a
		LEFT JOIN meet_resource_access mine ON mine.resource_id = a.resource_id AND mine.user_id = $2
		WHERE a.id = $1`, []any{id, viewer}, append(a.dest(), &a.ViewerRole)...)
	if err != nil {
		return AccessWithRole{}, fmt.Errorf("find access %s: %w", id, err)
	}
	a.utc()
	return a, nil
}

// AccessOf returns the access of an account to a room, or ErrNotFound.
func (q Queries) AccessOf(ctx context.Context, room, user uuid.UUID) (Access, error) {
	var a Access
	err := one(ctx, q.c, `SELECT `+accessColumns+` FROM meet_resource_access a
		WHERE a.resource_id = $1 AND a.user_id = $2`, []any{room, user}, a.dest()...)
	if err != nil {
		return Access{}, fmt.Errorf("find access of user %s to room %s: %w", user, room, err)
	}
	a.utc()
	return a, nil
}

// AccessesRuledBy returns a page of the accesses to all rooms that the user owns
// or administers, newest first, and how many there are in total.
func (q Queries) AccessesRuledBy(ctx context.Context, user uuid.UUID, limit, offset int) ([]Access, int, error) {
	const from = ` FROM meet_resource_access a JOIN meet_resource_access mine ON mine.resource_id = a.resource_id
		WHERE mine.user_id = $1 AND mine.role IN ('owner', 'administrator')`
	var total int
	if err := one(ctx, q.c, `SELECT COUNT(*)`+from, []any{user}, &total); err != nil {
		return nil, 0, fmt.Errorf("count accesses ruled by %s: %w", user, err)
	}
	list, err := all(ctx, q.c, func(r rows) (a Access, err error) {
		err = r.Scan(a.dest()...)
		a.utc()
		return a, err
	}, `SELECT `+accessColumns+from+` ORDER BY a.created_at DESC, a.id LIMIT $2 OFFSET $3`, user, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("list accesses ruled by %s: %w", user, err)
	}
	return list, total, nil
}

// Accesses returns the accesses to the rooms with their accounts, newest first,
// in one statement however many rooms there are.
func (q Queries) Accesses(ctx context.Context, rooms ...uuid.UUID) ([]AccessWithUser, error) {
	if len(rooms) == 0 {
		return nil, nil
	}
	marks := make([]string, len(rooms))
	args := make([]any, len(rooms))
	for i, id := range rooms {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	list, err := all(ctx, q.c, scanAccess, `SELECT `+accessColumns+`, `+userColumns+` FROM meet_resource_access a JOIN meet_user u ON u.id = a.user_id
		WHERE a.resource_id IN (`+strings.Join(marks, ", ")+`) ORDER BY a.created_at DESC, a.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list accesses: %w", err)
	}
	return list, nil
}

func scanAccess(r rows) (AccessWithUser, error) {
	var a AccessWithUser
	err := r.Scan(append(a.Access.dest(), a.User.dest()...)...)
	a.Access.utc()
	a.User.utc()
	return a, err
}

// RolesIn returns the roles in rooms, in one statement, keyed by how the media
// server knows the accounts: by their subject or, without one, by their id.
func (q Queries) RolesIn(ctx context.Context, rooms ...uuid.UUID) (map[uuid.UUID]map[string]Role, error) {
	roles := map[uuid.UUID]map[string]Role{}
	if len(rooms) == 0 {
		return roles, nil
	}
	in, args := marked(nil, rooms)
	_, err := all(ctx, q.c, func(r rows) (room uuid.UUID, err error) {
		var identity string
		var role Role
		err = r.Scan(&room, &identity, &role)
		if roles[room] == nil {
			roles[room] = map[string]Role{}
		}
		roles[room][identity] = role
		return room, err
	}, `SELECT a.resource_id, COALESCE(NULLIF(u.sub, ''), CAST(u.id AS text)), a.role
		FROM meet_resource_access a JOIN meet_user u ON u.id = a.user_id WHERE a.resource_id IN (`+in+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("find roles: %w", err)
	}
	return roles, nil
}
