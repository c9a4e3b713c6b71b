package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// RotateSecret makes next the secret of meet_application, so that the replaced
// server accepts it too. All others end at until at the latest, which is at once
// if until is past. The ID and date of next are filled in. ErrNotFound if there
// is no such application.
func (q Queries) RotateSecret(ctx context.Context, id uuid.UUID, next ApplicationSecret, until time.Time) (ApplicationSecret, error) {
	now := stamp(time.Now())
	next.ID, next.CreatedAt, next.ExpiresAt = uuid.New(), now, stampOf(next.ExpiresAt)
	until = stamp(until)
	err := q.atomic(ctx, func(q Queries) error {
		a, err := q.lockApplication(ctx, id)
		if err != nil {
			return err
		}
		old := a.Secrets[0]
		created := a.CreatedAt
		if !old.CreatedAt.IsZero() {
			created = old.CreatedAt
		}
		if _, err := q.c.exec(ctx, `INSERT INTO foyer_application_secret (id, application_id, hash, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5)`, old.ID, id, old.Hash, created, old.ExpiresAt); err != nil {
			return err
		}
		if _, err := q.c.exec(ctx, `UPDATE foyer_application_secret SET expires_at = $2
			WHERE application_id = $1 AND (expires_at IS NULL OR expires_at > $2)`, id, until); err != nil {
			return err
		}
		if _, err := q.c.exec(ctx, `DELETE FROM foyer_application_secret WHERE application_id = $1 AND expires_at <= $2`, id, now); err != nil {
			return err
		}
		if err := q.writeFirstSecret(ctx, a, next, now); err != nil {
			return err
		}
		return q.tellApplication(ctx, id, module.ApplicationAltered, "secrets")
	})
	if err != nil {
		return ApplicationSecret{}, fmt.Errorf("rotate the secret of application %s: %w", id, translate(err))
	}
	return next, nil
}

func (q Queries) writeFirstSecret(ctx context.Context, a Application, next ApplicationSecret, now time.Time) error {
	if _, err := q.c.exec(ctx, `UPDATE meet_application SET updated_at = $2, client_secret = $3 WHERE id = $1`,
		a.ID, now, next.Hash); err != nil {
		return err
	}
	_, err := q.c.exec(ctx, `INSERT INTO foyer_application (application_id, scopes, require_domains, addresses,
		secret_id, secret_created_at, secret_expires_at) VALUES ($1, '', false, '', $2, $3, $4)
		ON CONFLICT (application_id) DO UPDATE SET secret_id = excluded.secret_id,
		secret_created_at = excluded.secret_created_at, secret_expires_at = excluded.secret_expires_at`,
		a.ID, next.ID, next.CreatedAt, next.ExpiresAt)
	return err
}

// RenewSecret replaces a secret's hash if it is still from, and reports whether
// it did. updated_at stays, since nothing visible has changed.
func (q Queries) RenewSecret(ctx context.Context, application, secret uuid.UUID, from, to string) (bool, error) {
	n, err := q.c.exec(ctx, `UPDATE meet_application SET client_secret = $3 WHERE id = $1 AND client_secret = $2`,
		application, from, to)
	if err == nil && n == 0 {
		n, err = q.c.exec(ctx, `UPDATE foyer_application_secret SET hash = $4 WHERE id = $1 AND application_id = $2 AND hash = $3`,
			secret, application, from, to)
	}
	if err != nil {
		return false, fmt.Errorf("renew a secret of application %s: %w", application, translate(err))
	}
	return n > 0, nil
}

// LiveSecretHashes returns, by application, active or not, the hashes of the
// secrets that have not ended.
func (q Queries) LiveSecretHashes(ctx context.Context, now time.Time) (map[uuid.UUID][]string, error) {
	r, err := q.c.query(ctx, `SELECT a.id, a.client_secret FROM meet_application a
			LEFT JOIN foyer_application f ON f.application_id = a.id
			WHERE f.secret_expires_at IS NULL OR f.secret_expires_at > $1
		UNION ALL SELECT x.application_id, x.hash FROM foyer_application_secret x
			WHERE x.expires_at IS NULL OR x.expires_at > $1`, stamp(now))
	if err != nil {
		return nil, fmt.Errorf("list hashes of secrets: %w", translate(err))
	}
	defer r.Close()
	found := map[uuid.UUID][]string{}
	for r.Next() {
		var id uuid.UUID
		var hash string
		if err := r.Scan(&id, &hash); err != nil {
			return nil, fmt.Errorf("list hashes of secrets: %w", translate(err))
		}
		found[id] = append(found[id], hash)
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("list hashes of secrets: %w", translate(err))
	}
	return found, nil
}

// AddApplicationKey adds a public key to an application. ID and date are filled
// in. ErrNotFound if there is no such application.
func (q Queries) AddApplicationKey(ctx context.Context, application uuid.UUID, k ApplicationKey) (ApplicationKey, error) {
	k.ID, k.CreatedAt, k.ExpiresAt = uuid.New(), stamp(time.Now()), stampOf(k.ExpiresAt)
	err := q.atomic(ctx, func(q Queries) error {
		if _, err := q.lockApplication(ctx, application); err != nil {
			return err
		}
		if _, err := q.c.exec(ctx, `INSERT INTO foyer_application_key (id, application_id, jwk, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5)`, k.ID, application, string(k.JWK), k.CreatedAt, k.ExpiresAt); err != nil {
			return translate(err)
		}
		return q.tellApplication(ctx, application, module.ApplicationAltered, "keys")
	})
	if err != nil {
		return ApplicationKey{}, fmt.Errorf("add a key to application %s: %w", application, err)
	}
	return k, nil
}

// RemoveApplicationKey removes a key. ErrNotFound if there is no such key.
func (q Queries) RemoveApplicationKey(ctx context.Context, application, key uuid.UUID) error {
	return q.telling(ctx, module.EventApplicationChanged, func(q Queries) error {
		n, err := q.c.exec(ctx, `DELETE FROM foyer_application_key WHERE id = $1 AND application_id = $2`, key, application)
		if err := changed("remove key "+key.String(), n, err); err != nil {
			return err
		}
		return q.tellApplication(ctx, application, module.ApplicationAltered, "keys")
	})
}
