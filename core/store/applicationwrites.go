package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/identifier"
	"foyer/sdk/module"
)

// CreateApplication stores an application with one secret, Secrets[0]. IDs and
// dates are filled in. A taken client id is a Conflict on "client_id".
func (q Queries) CreateApplication(ctx context.Context, a Application) (Application, error) {
	array, extra, err := splitScopes(a.Scopes)
	if err == nil && len(a.Secrets) != 1 {
		err = fmt.Errorf("%w: an application begins with one secret", ErrInvalid)
	}
	if err != nil {
		return Application{}, fmt.Errorf("create application: %w", err)
	}
	if a.ID == uuid.Nil {
		a.ID = uuid.New()
	}
	a.CreatedAt = stamp(time.Now())
	a.UpdatedAt = a.CreatedAt
	first := a.Secrets[0]
	first.ID, first.CreatedAt, first.ExpiresAt = uuid.New(), a.CreatedAt, stampOf(first.ExpiresAt)
	a.Secrets = []ApplicationSecret{first}
	err = q.atomic(ctx, func(q Queries) error {
		if _, err := q.c.exec(ctx, `INSERT INTO meet_application (id, created_at, updated_at, name, is_active, client_id,
			client_secret, scopes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, a.ID, a.CreatedAt, a.UpdatedAt, a.Name,
			a.IsActive, a.ClientID, first.Hash, array); err != nil {
			return translate(err)
		}
		if _, err := q.c.exec(ctx, `INSERT INTO foyer_application (application_id, scopes, require_domains, addresses,
			secret_id, secret_created_at, secret_expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`, a.ID, extra,
			a.RequireDomains, strings.Join(a.Addresses, " "), first.ID, first.CreatedAt, first.ExpiresAt); err != nil {
			return translate(err)
		}
		if err := q.addDomains(ctx, a.ID, a.Domains); err != nil {
			return err
		}
		return q.tellApplication(ctx, a.ID, module.ApplicationCreated)
	})
	if err != nil {
		return Application{}, fmt.Errorf("create application: %w", err)
	}
	slices.Sort(a.Domains)
	return a, nil
}

func (q Queries) addDomains(ctx context.Context, id uuid.UUID, domains []string) error {
	now := stamp(time.Now())
	for _, d := range domains { // a handful, by hand
		if _, err := q.c.exec(ctx, `INSERT INTO meet_application_domain (id, created_at, updated_at, domain, application_id)
			VALUES ($1, $2, $3, $4, $5)`, uuid.New(), now, now, identifier.Fold(d), id); err != nil {
			return translate(err)
		}
	}
	return nil
}

// ChangeApplication lets change alter name, activity, scopes, domains and
// addresses while nobody else does, bumps updated_at, and returns the application
// as it is then. Other fields are left alone. An error of change is returned as
// is. ErrNotFound if there is no such application.
func (q Queries) ChangeApplication(ctx context.Context, id uuid.UUID, change func(*Application) error) (after Application, err error) {
	err = q.atomic(ctx, func(q Queries) error {
		before, err := q.lockApplication(ctx, id)
		if err != nil {
			return err
		}
		wanted := before
		wanted.Scopes, wanted.Domains, wanted.Addresses = slices.Clone(before.Scopes), slices.Clone(before.Domains), slices.Clone(before.Addresses)
		if err := change(&wanted); err != nil {
			return err
		}
		if err := q.writeApplication(ctx, before, wanted); err != nil {
			return err
		}
		if after, err = q.ApplicationByID(ctx, id); err != nil {
			return err
		}
		names := applicationDifferences(before, after)
		if len(names) == 0 {
			return nil
		}
		return q.tellApplication(ctx, id, module.ApplicationAltered, names...)
	})
	if err != nil {
		return Application{}, fmt.Errorf("change application %s: %w", id, err)
	}
	return after, nil
}

func (q Queries) tellApplication(ctx context.Context, id uuid.UUID, change string, names ...string) error {
	return q.tell(ctx, module.EventApplicationChanged, uuid.Nil, module.ApplicationChanged{
		Application: id, Change: change, Changed: names, By: module.AuthorFrom(ctx),
	})
}

// lockApplication reads an application while nobody else can change it.
func (q Queries) lockApplication(ctx context.Context, id uuid.UUID) (Application, error) {
	err := one(ctx, q.c, q.c.locking(`SELECT s.id FROM meet_application s WHERE s.id = $1`), []any{id}, new(uuid.UUID))
	if err != nil {
		return Application{}, err
	}
	return q.ApplicationByID(ctx, id)
}

func (q Queries) writeApplication(ctx context.Context, before, a Application) error {
	array, extra, err := splitScopes(a.Scopes)
	if err != nil {
		return err
	}
	if _, err := q.c.exec(ctx, `UPDATE meet_application SET updated_at = $2, name = $3, is_active = $4, scopes = $5
		WHERE id = $1`, a.ID, stamp(time.Now()), a.Name, a.IsActive, array); err != nil {
		return translate(err)
	}
	if _, err := q.c.exec(ctx, `INSERT INTO foyer_application (application_id, scopes, require_domains, addresses)
		VALUES ($1, $2, $3, $4) ON CONFLICT (application_id) DO UPDATE SET scopes = excluded.scopes,
		require_domains = excluded.require_domains, addresses = excluded.addresses`,
		a.ID, extra, a.RequireDomains, strings.Join(a.Addresses, " ")); err != nil {
		return translate(err)
	}
	for _, d := range missingFrom(a.Domains, before.Domains) {
		if _, err := q.c.exec(ctx, `DELETE FROM meet_application_domain WHERE application_id = $1 AND domain = $2`, a.ID, d); err != nil {
			return translate(err)
		}
	}
	return q.addDomains(ctx, a.ID, missingFrom(before.Domains, a.Domains))
}

// deleteApplication removes an application and everything that belongs to it. The
// audit log stays, and rooms keep the id of the application that created them.
var deleteApplication = []string{
	`DELETE FROM foyer_application_key WHERE application_id = $1`,
	`DELETE FROM foyer_application_secret WHERE application_id = $1`,
	`DELETE FROM foyer_application WHERE application_id = $1`,
	`DELETE FROM meet_application_domain WHERE application_id = $1`,
}

// DeleteApplication removes the application, its domains, secrets and keys.
// ErrNotFound if there is none.
func (q Queries) DeleteApplication(ctx context.Context, id uuid.UUID) error {
	return q.atomic(ctx, func(q Queries) error {
		for _, text := range deleteApplication {
			if _, err := q.c.exec(ctx, text, id); err != nil {
				return fmt.Errorf("delete application %s: %w", id, translate(err))
			}
		}
		n, err := q.c.exec(ctx, `DELETE FROM meet_application WHERE id = $1`, id)
		if err := changed("delete application "+id.String(), n, err); err != nil {
			return err
		}
		return q.tellApplication(ctx, id, module.ApplicationDeleted)
	})
}
