package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Accesses returns the accesses of the rooms with their accounts, newest
// first, in one statement however many rooms there are.
func (q Queries) Accesses(ctx context.Context, rooms ...uuid.UUID) ([]AccessWithUser, error) {
	if len(rooms) == 0 {
		return nil, nil
	}
	marks := make([]string, len(rooms))
	args := make([]any, len(rooms))
	for i, id := range rooms {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	list, err := all(ctx, q.c, scanAccess, `SELECT a.id, a.user_id, a.resource_id, a.role, a.created_at, a.updated_at, `+
		userColumns+` FROM meet_resource_access a JOIN meet_user u ON u.id = a.user_id
		WHERE a.resource_id IN (`+strings.Join(marks, ", ")+`) ORDER BY a.created_at DESC, a.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list accesses: %w", err)
	}
	return list, nil
}

func scanAccess(r rows) (AccessWithUser, error) {
	var a AccessWithUser
	err := r.Scan(append([]any{&a.ID, &a.UserID, &a.RoomID, &a.Role, &a.Access.CreatedAt, &a.Access.UpdatedAt}, a.User.dest()...)...)
	a.Access.CreatedAt, a.Access.UpdatedAt = a.Access.CreatedAt.UTC(), a.Access.UpdatedAt.UTC()
	a.User.utc()
	return a, err
}
