package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
)

// sessionStore is the store of scs over ours. Tokens come hashed. It needs the
// request's browser in the context: finding leaves the account there, and
// saving takes the indexed columns from there.
type sessionStore struct {
	rows Sessions
	seal *seal
}

var errNeedsContext = errors.New("auth: the session store works with a context only")

// Delete, Find and Commit complete the interface of scs, which calls the forms
// with a context instead.
func (s *sessionStore) Delete(string) error { return errNeedsContext }

// Find see Delete.
func (s *sessionStore) Find(string) ([]byte, bool, error) { return nil, false, errNeedsContext }

// Commit see Delete.
func (s *sessionStore) Commit(string, []byte, time.Time) error { return errNeedsContext }

// DeleteCtx forgets a session; a missing one is fine.
func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	if err := s.rows.DeleteSession(ctx, token); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

// FindCtx reads session and account in one statement. Data that the key does
// not open is no session.
func (s *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	row, user, err := s.rows.Session(ctx, token, time.Now().UTC())
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	data, ok := s.seal.open(row.Data)
	if !ok {
		return nil, false, nil
	}
	if b := browserFrom(ctx); b != nil {
		b.user = user
	}
	return data, true, nil
}

// CommitCtx saves a session with the columns it can be found by.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	b := browserFrom(ctx)
	if b == nil {
		return errNeedsContext
	}
	row := store.Session{Token: token, SID: b.state.SID, Data: s.seal.close(data), ExpiresAt: expires.UTC()}
	if b.state.UserID != uuid.Nil {
		id := b.state.UserID
		row.UserID = &id
	}
	return s.rows.SaveSession(ctx, row)
}

// codec is the plain form of a session.
type codec struct{}

type encoded struct {
	Deadline time.Time `json:"deadline"`
	State    *state    `json:"state"`
}

// Encode is called by scs.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	st, ok := values[stateValue].(*state)
	if !ok {
		return nil, errors.New("auth: a session without state")
	}
	return json.Marshal(encoded{Deadline: deadline, State: st})
}

// Decode is called by scs.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var e encoded
	if err := json.Unmarshal(b, &e); err != nil {
		return time.Time{}, nil, fmt.Errorf("decode session: %w", err)
	}
	if e.State == nil {
		e.State = &state{}
	}
	return e.Deadline, map[string]any{stateValue: e.State}, nil
}
