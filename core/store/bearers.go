package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Bearer is who stands behind a token. What does not exist is nil.
type Bearer struct {
	Application *Application // without domains, secrets and keys
	User        *User        // without what a room inherits from them
	Revoked     bool
}

// maxTokenIDs is how many ids are looked up at once.
const maxTokenIDs = 64

// Bearer looks up what a token names, in one statement: an application by its
// client id, an account, and whether any of the token ids was revoked. ErrInvalid
// for more than 64 token ids.
func (q Queries) Bearer(ctx context.Context, clientID string, user uuid.UUID, tokenIDs ...string) (Bearer, error) {
	if len(tokenIDs) > maxTokenIDs {
		return Bearer{}, fmt.Errorf("look up a bearer: %d token ids are too many: %w", len(tokenIDs), ErrInvalid)
	}
	var (
		b                                  Bearer
		appID, userID                      *uuid.UUID
		name, scopes, extra, addresses     *string
		isActive, userActive               *bool
		sub, email, fullName, lang, tzName *string
	)
	args, revoked := []any{clientID, user}, "1 = 0"
	if len(tokenIDs) > 0 {
		marks := make([]string, len(tokenIDs))
		for i, id := range tokenIDs {
			args = append(args, id)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		revoked = `token_id IN (` + strings.Join(marks, ", ") + `)`
	}
	err := one(ctx, q.c, `SELECT a.id, a.name, a.is_active, CAST(a.scopes AS text), f.scopes, f.addresses,
			u.id, u.sub, u.email, u.full_name, u.language, u.timezone, u.is_active, t.token_id IS NOT NULL
		FROM (SELECT 1 AS n) one LEFT JOIN meet_application a ON a.client_id = $1
		LEFT JOIN foyer_application f ON f.application_id = a.id
		LEFT JOIN meet_user u ON u.id = $2
		LEFT JOIN (SELECT MIN(token_id) AS token_id FROM foyer_revoked_token WHERE `+revoked+`) t ON 1 = 1`,
		args, &appID, &name, &isActive, &scopes, &extra, &addresses,
		&userID, &sub, &email, &fullName, &lang, &tzName, &userActive, &b.Revoked)
	if err != nil {
		return Bearer{}, fmt.Errorf("look up a bearer: %w", err)
	}
	if appID != nil {
		b.Application = &Application{ID: *appID, ClientID: clientID, Name: *name, IsActive: *isActive,
			Scopes: append(scopesOf(*scopes), words(extra)...), Addresses: words(addresses)}
	}
	if userID != nil {
		b.User = &User{ID: *userID, Sub: sub, Email: email, FullName: fullName, Language: *lang, Timezone: *tzName, IsActive: *userActive}
	}
	return b, nil
}

// RevokeToken refuses a token id from now on; the revocation is forgotten at
// until, when the token has expired.
func (q Queries) RevokeToken(ctx context.Context, tokenID string, until time.Time) error {
	_, err := q.c.exec(ctx, `INSERT INTO foyer_revoked_token (token_id, expires_at) VALUES ($1, $2)
		ON CONFLICT (token_id) DO NOTHING`, tokenID, stamp(until))
	if err != nil {
		return fmt.Errorf("revoke a token: %w", translate(err))
	}
	return nil
}

// DeleteExpiredRevocations removes up to limit revocations that ended before now,
// oldest first, and returns how many.
func (q Queries) DeleteExpiredRevocations(ctx context.Context, now time.Time, limit int) (int, error) {
	return q.sweep(ctx, "delete expired revocations", `foyer_revoked_token`, `token_id`, `expires_at <= $1`, `expires_at`, stamp(now), limit)
}
