package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Application is meet_application with its domains, and what the replaced server
// has no column for.
type Application struct {
	ID                   uuid.UUID
	CreatedAt, UpdatedAt time.Time // UTC, microseconds
	Name, ClientID       string
	IsActive             bool
	Scopes               []string // those known to the replaced server come first
	Domains              []string // lower case, sorted
	RequireDomains       bool     // without domains it may act for nobody
	Addresses            []string // networks it may call from; empty = any
	Secrets              []ApplicationSecret
	Keys                 []ApplicationKey
}

// ApplicationSecret is the hash of a secret. An application's first one is that
// of meet_application, which the replaced server checks too.
type ApplicationSecret struct {
	ID        uuid.UUID
	Hash      string     // database.md 6
	CreatedAt time.Time  // UTC; zero = unknown
	ExpiresAt *time.Time // nil = never
}

// ApplicationKey is a public key that an application signs with.
type ApplicationKey struct {
	ID        uuid.UUID
	JWK       []byte
	CreatedAt time.Time
	ExpiresAt *time.Time // nil = never
}

// legacyScopes are those the replaced server allows in a row (database.md 4);
// others are kept in a table of our own.
var legacyScopes = []string{"rooms:create", "rooms:list", "rooms:retrieve", "rooms:update", "rooms:delete"}

// applicationRows selects a row for every additional secret and key of an
// application, or one row if there are none.
const applicationRows = `SELECT s.id, s.created_at, s.updated_at, s.name, s.client_id, s.is_active, CAST(s.scopes AS text),
	(SELECT string_agg(d.domain, ' ' ORDER BY d.domain) FROM meet_application_domain d WHERE d.application_id = s.id),
	f.scopes, f.require_domains, f.addresses, s.client_secret, f.secret_id, f.secret_created_at, f.secret_expires_at,
	x.kind, x.id, x.value, x.created_at, x.expires_at
	FROM meet_application s LEFT JOIN foyer_application f ON f.application_id = s.id
	LEFT JOIN (
		SELECT 'secret' AS kind, application_id, id, hash AS value, created_at, expires_at FROM foyer_application_secret
		UNION ALL
		SELECT 'key', application_id, id, jwk, created_at, expires_at FROM foyer_application_key
	) x ON x.application_id = s.id`

// Applications returns all applications, by name.
func (q Queries) Applications(ctx context.Context) ([]Application, error) {
	list, err := q.applications(ctx, ``)
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	return list, nil
}

// ApplicationByID returns one application, or ErrNotFound.
func (q Queries) ApplicationByID(ctx context.Context, id uuid.UUID) (Application, error) {
	return q.application(ctx, ` WHERE s.id = $1`, id)
}

// ApplicationByClientID returns the application with exactly this client id, or
// ErrNotFound.
func (q Queries) ApplicationByClientID(ctx context.Context, clientID string) (Application, error) {
	return q.application(ctx, ` WHERE s.client_id = $1`, clientID)
}

func (q Queries) application(ctx context.Context, where string, arg any) (Application, error) {
	list, err := q.applications(ctx, where, arg)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Application{}, fmt.Errorf("find application: %w", err)
	}
	return list[0], nil
}

func (q Queries) applications(ctx context.Context, where string, args ...any) ([]Application, error) {
	rows, err := quickAll(ctx, q.c, scanApplication, applicationRows+where+` ORDER BY s.name, s.id, x.created_at DESC, x.id`, args...)
	if err != nil {
		return nil, err
	}
	var list []Application
	for _, a := range rows {
		if n := len(list); n > 0 && list[n-1].ID == a.ID {
			list[n-1].Secrets = append(list[n-1].Secrets, a.Secrets[1:]...)
			list[n-1].Keys = append(list[n-1].Keys, a.Keys...)
			continue
		}
		list = append(list, a)
	}
	return list, nil
}

func scanApplication(r rows) (Application, error) {
	var (
		a                                              Application
		scopes                                         string
		domains, extra, addresses, kind, value         *string
		required                                       *bool
		secretID, id                                   *uuid.UUID
		secretCreated, secretExpires, created, expires *time.Time
		first                                          ApplicationSecret
	)
	err := r.Scan(&a.ID, &a.CreatedAt, &a.UpdatedAt, &a.Name, &a.ClientID, &a.IsActive, &scopes, &domains,
		&extra, &required, &addresses, &first.Hash, &secretID, &secretCreated, &secretExpires,
		&kind, &id, &value, &created, &expires)
	if err != nil {
		return Application{}, err
	}
	a.CreatedAt, a.UpdatedAt = a.CreatedAt.UTC(), a.UpdatedAt.UTC()
	a.Scopes = append(scopesOf(scopes), words(extra)...)
	a.Domains, a.Addresses = words(domains), words(addresses)
	a.RequireDomains = required != nil && *required
	first.ID, first.ExpiresAt = a.ID, stampOf(secretExpires)
	if secretID != nil {
		first.ID = *secretID
	}
	if secretCreated != nil {
		first.CreatedAt = secretCreated.UTC()
	}
	a.Secrets = []ApplicationSecret{first}
	switch {
	case kind == nil:
	case *kind == "secret":
		a.Secrets = append(a.Secrets, ApplicationSecret{*id, *value, created.UTC(), stampOf(expires)})
	default:
		a.Keys = append(a.Keys, ApplicationKey{*id, []byte(*value), created.UTC(), stampOf(expires)})
	}
	return a, nil
}

// words splits a text into words; nil stays nil.
func words(text *string) []string {
	if text == nil || *text == "" {
		return nil
	}
	return strings.Fields(*text)
}

// scopesOf parses the text form of a PostgreSQL array of simple words.
func scopesOf(text string) []string {
	var list []string
	for word := range strings.SplitSeq(strings.Trim(text, "{}"), ",") {
		if word = strings.Trim(word, `"`); word != "" {
			list = append(list, word)
		}
	}
	return list
}

// splitScopes returns the array for meet_application and the remaining scopes. It
// refuses words that would need quoting in either.
func splitScopes(scopes []string) (array, extra string, err error) {
	var known, further []string
	for _, s := range scopes {
		if s == "" || strings.ContainsAny(s, "{}\",\\ \t\r\n") || strings.EqualFold(s, "null") {
			return "", "", fmt.Errorf("%w: %q is not a scope", ErrInvalid, s)
		}
		if slices.Contains(legacyScopes, s) {
			known = append(known, s)
		} else {
			further = append(further, s)
		}
	}
	return "{" + strings.Join(known, ",") + "}", strings.Join(further, " "), nil
}
