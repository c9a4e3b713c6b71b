package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
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

// LiveSession is a session with its account.
type LiveSession struct {
	Session
	User User
}

// LiveSessions returns, by token, the sessions that are live at now and whose
// account is active, in one statement however many are asked for.
func (q Queries) LiveSessions(ctx context.Context, now time.Time, tokens ...string) (map[string]LiveSession, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	// Use few different statements, however many are asked for: engines keep them
	// prepared.
	room := 1
	for room < len(tokens) {
		room *= 2
	}
	marks, args := make([]string, room), []any{stamp(now)}
	for i := range marks {
		args = append(args, tokens[min(i, len(tokens)-1)])
		marks[i] = "$" + strconv.Itoa(len(args))
	}
	found := map[string]LiveSession{}
	_, err := quickAll(ctx, q.c, func(r rows) (s LiveSession, err error) {
		err = r.Scan(append([]any{&s.Token, &s.UserID, &s.SID, &s.Data, &s.ExpiresAt}, s.User.dest()...)...)
		s.ExpiresAt = s.ExpiresAt.UTC()
		s.User.utc()
		found[s.Token] = s
		return s, err
	}, `SELECT f.token, f.user_id, f.sid, f.data, f.expires_at, `+userColumns+`
		FROM foyer_session f JOIN meet_user u ON u.id = f.user_id AND u.is_active
		WHERE f.expires_at > $1 AND f.token IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	return found, nil
}

// DeleteSession ends one session; a missing one is fine.
func (q Queries) DeleteSession(ctx context.Context, token string) error {
	_, err := q.remove(ctx, "delete session", `DELETE FROM foyer_session WHERE token = $1`, token)
	return err
}

// DeleteUserSessions ends all sessions of an account and returns how many.
func (q Queries) DeleteUserSessions(ctx context.Context, user uuid.UUID) (int, error) {
	return q.remove(ctx, "delete sessions of a user", `DELETE FROM foyer_session WHERE user_id = $1`, user)
}

// DeleteSIDSessions ends the sessions of one provider session and returns how
// many.
func (q Queries) DeleteSIDSessions(ctx context.Context, sid string) (int, error) {
	if sid == "" {
		return 0, nil
	}
	return q.remove(ctx, "delete sessions of a provider session", `DELETE FROM foyer_session WHERE sid = $1 AND sid <> ''`, sid)
}

// DeleteExpiredSessions removes up to limit sessions that expired before now,
// oldest first, and returns how many.
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
