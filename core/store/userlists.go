package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

const newestUsers = ` ORDER BY u.created_at DESC, u.id`

// Users returns a page of the accounts, active or not, newest first, and how many
// there are in total. A non-empty search keeps those whose e-mail address
// contains a word like it, by pg_trgm's word similarity (core-rest.md 4); either
// engine examines every address.
func (s *Store) Users(ctx context.Context, search string, limit, offset int) (list []User, total int, err error) {
	var similar string
	if search != "" && s.pool != nil {
		if similar, _, err = s.similar(ctx); err != nil {
			return nil, 0, fmt.Errorf("list users: %w", err)
		}
	}
	switch {
	case search == "":
		list, total, err = s.usersWhere(ctx, `TRUE`, nil, limit, offset)
	case similar != "":
		list, total, err = s.usersWhere(ctx, `u.email `+similar+` $1`, []any{search}, limit, offset)
	default:
		list, total, err = s.searchUsers(ctx, search, limit, offset)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("list users: %w", err)
	}
	return list, total, nil
}

func (s *Store) usersWhere(ctx context.Context, where string, args []any, limit, offset int) ([]User, int, error) {
	var total int
	if err := one(ctx, s.c, `SELECT COUNT(*) FROM meet_user u WHERE `+where, args, &total); err != nil {
		return nil, 0, err
	}
	list, err := all(ctx, s.c, scanUser, `SELECT `+userColumns+` FROM meet_user u WHERE `+where+newestUsers+
		` LIMIT `+strconv.Itoa(limit)+` OFFSET `+strconv.Itoa(offset), args...)
	return list, total, err
}

// searchUsers does the comparing itself: SQLite cannot, nor can PostgreSQL without
// pg_trgm. It keeps only the page in memory.
func (s *Store) searchUsers(ctx context.Context, search string, limit, offset int) ([]User, int, error) {
	if err := wellFormed([]any{search}); err != nil {
		return nil, 0, err
	}
	page, total, err := s.foundUsers(ctx, newWordSearch(search), limit, offset)
	if err != nil || len(page) == 0 {
		return nil, total, err
	}
	marks := make([]string, len(page))
	for i := range page {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	list, err := all(ctx, s.c, scanUser, `SELECT `+userColumns+` FROM meet_user u WHERE u.id IN (`+
		strings.Join(marks, ", ")+`)`+newestUsers, page...)
	return list, total, err
}

// foundUsers returns the ids of the page, and how many accounts matched.
func (s *Store) foundUsers(ctx context.Context, search wordSearch, limit, offset int) (page []any, total int, err error) {
	r, err := s.c.query(ctx, `SELECT u.id, u.email FROM meet_user u WHERE u.email IS NOT NULL`+newestUsers)
	if err != nil {
		return nil, 0, translate(err)
	}
	defer r.Close()
	for r.Next() {
		var id uuid.UUID
		var email string
		if err := r.Scan(&id, &email); err != nil {
			return nil, 0, translate(err)
		}
		if !search.finds(email) {
			continue
		}
		if total >= offset && len(page) < limit {
			page = append(page, id)
		}
		total++
	}
	return page, total, translate(r.Err())
}
