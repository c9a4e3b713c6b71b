package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// SaveSession stores or replaces a session.
func (q Queries) SaveSession(ctx context.Context, s Session) error {
	_, err := q.c.exec(ctx, `INSERT INTO foyer_session (token, user_id, sid, data, expires_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (token) DO UPDATE SET user_id = excluded.user_id, sid = excluded.sid, data = excluded.data,
		expires_at = excluded.expires_at`, s.Token, s.UserID, s.SID, bytesOf(s.Data), stamp(s.ExpiresAt))
	if err != nil {
		return fmt.Errorf("save session: %w", translate(err))
	}
	return nil
}

// Session returns the session that lives at now, and its account when that is
// active, in one statement; ErrNotFound when there is none.
func (q Queries) Session(ctx context.Context, token string, now time.Time) (Session, *User, error) {
	s := Session{Token: token}
	var u nullUser
	err := one(ctx, q.c, `SELECT f.user_id, f.sid, f.data, f.expires_at, `+userColumns+`
		FROM foyer_session f LEFT JOIN meet_user u ON u.id = f.user_id AND u.is_active
		WHERE f.token = $1 AND f.expires_at > $2`, []any{token, stamp(now)},
		append([]any{&s.UserID, &s.SID, &s.Data, &s.ExpiresAt}, u.dest()...)...)
	if errors.Is(err, ErrNotFound) {
		return Session{}, nil, ErrNotFound // the usual case of an old cookie
	}
	if err != nil {
		return Session{}, nil, fmt.Errorf("find session: %w", err)
	}
	s.ExpiresAt = s.ExpiresAt.UTC()
	return s, u.user(), nil
}

// nullUser is the account of a left join: all columns may be null.
type nullUser struct {
	User
	id                               *uuid.UUID
	created, updated                 *time.Time
	password, language, timezone     *string
	device, staff, superuser, active *bool
}

func (n *nullUser) dest() []any {
	u := &n.User
	return []any{&n.id, &n.created, &n.updated, &u.LastLogin, &n.password, &u.Sub, &u.Email, &u.AdminEmail,
		&u.FullName, &u.ShortName, &n.language, &n.timezone, &n.device, &n.staff, &n.superuser, &n.active,
		&u.DefaultRoomAccessLevel, (*[]byte)(&u.DefaultRoomConfiguration)}
}

func (n *nullUser) user() *User {
	if n.id == nil {
		return nil
	}
	u := &n.User
	u.ID, u.CreatedAt, u.UpdatedAt = *n.id, *n.created, *n.updated
	u.Password, u.Language, u.Timezone = *n.password, *n.language, *n.timezone
	u.IsDevice, u.IsStaff, u.IsSuperuser, u.IsActive = *n.device, *n.staff, *n.superuser, *n.active
	u.utc()
	return u
}

// DeleteSession ends one session; a missing one is fine.
func (q Queries) DeleteSession(ctx context.Context, token string) error {
	_, err := q.remove(ctx, "delete session", `DELETE FROM foyer_session WHERE token = $1`, token)
	return err
}

// DeleteUserSessions ends all sessions of an account and counts them.
func (q Queries) DeleteUserSessions(ctx context.Context, user uuid.UUID) (int, error) {
	return q.remove(ctx, "delete sessions of a user", `DELETE FROM foyer_session WHERE user_id = $1`, user)
}

// DeleteSIDSessions ends the sessions of one provider session and counts them.
func (q Queries) DeleteSIDSessions(ctx context.Context, sid string) (int, error) {
	if sid == "" {
		return 0, nil
	}
	return q.remove(ctx, "delete sessions of a provider session", `DELETE FROM foyer_session WHERE sid = $1 AND sid <> ''`, sid)
}

// DeleteExpiredSessions removes limit sessions at most that ended before now,
// the oldest first, and counts them.
func (q Queries) DeleteExpiredSessions(ctx context.Context, now time.Time, limit int) (int, error) {
	return q.sweep(ctx, "delete expired sessions", `foyer_session`, `token`, `expires_at <= $1`, `expires_at`, stamp(now), limit)
}

func (q Queries) remove(ctx context.Context, attempt, text string, args ...any) (int, error) {
	n, err := q.c.exec(ctx, text, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", attempt, translate(err))
	}
	return n, nil
}
