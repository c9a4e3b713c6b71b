package module

import (
	"context"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/conf"
)

// Application is a program that may act for users (external-api.md 4).
type Application struct {
	ID       uuid.UUID
	ClientID string
	Name     string
	Active   bool
	// Scopes are what it may do, in stored order; none = nothing.
	Scopes []string
	// Domains are lower-case mail domains it may act for. None means any,
	// unless RequireDomains.
	Domains        []string
	RequireDomains bool
	// Addresses are the networks (CIDR) that it may call from; none = any.
	Addresses []string
	Secrets   []ApplicationSecret
	Keys      []ApplicationKey
}

// ApplicationSecret is one of several secrets of an application, kept as a
// hash.
type ApplicationSecret struct {
	ID        uuid.UUID
	Hash      conf.Secret // pbkdf2_sha256$rounds$salt$digest (database.md 6)
	ExpiresAt time.Time   // zero = never
}

// ApplicationKey is a public key that an application signs assertions with
// (RFC 7523).
type ApplicationKey struct {
	ID        uuid.UUID
	JWK       []byte    // a public JSON Web Key (RFC 7517)
	ExpiresAt time.Time // zero = never
}

// BearerQuery holds what the claims of a token name.
type BearerQuery struct {
	ClientID string    // "" = no application
	User     uuid.UUID // uuid.Nil = no user
	TokenID  string    // jti, "" = without
	// Ancestors are the ids of the tokens it was exchanged for, at most 63.
	Ancestors []string
}

// Bearer is whom a token stands for now. Missing parts are nil.
type Bearer struct {
	Application *Application // without secrets and keys
	Account     *Account
	Revoked     bool // the token or one of its ancestors was revoked
}

// AuditEntry is one line of the audit log: a token that was issued or refused, or
// a write by an application. It holds no secret and no token.
type AuditEntry struct {
	At          time.Time // zero = now
	Action      string    // such as "token.issue" or "room.create"
	Outcome     string    // "ok", or the reason, such as "invalid_secret"
	ClientID    string    // as it was sent
	Application uuid.UUID // uuid.Nil = unknown
	User        uuid.UUID // uuid.Nil = none
	Email       string    // for whom a token was requested
	Object      string    // what was written, such as a room's id
	TokenID     string    // jti
	Address     string    // the client's
	RequestID   string
}

// Applications gives access to the programs that act for users, and to the audit
// log.
type Applications interface {
	// ByClientID returns one application with its live secrets and keys, or
	// ErrNotFound. The id is compared exactly.
	ByClientID(ctx context.Context, clientID string) (Application, error)
	// MostRounds is the number of rounds it takes to check a secret against all
	// live ones of the costliest application. A refusal has to cost as much, so
	// that it does not reveal which applications exist.
	MostRounds(ctx context.Context) (int, error)
	// RenewSecret replaces the hash of a secret if it is still from, and reports
	// whether it did.
	RenewSecret(ctx context.Context, application, secret uuid.UUID, from, to conf.Secret) (bool, error)
	// Bearer looks up everything that a token names, in one call.
	Bearer(ctx context.Context, q BearerQuery) (Bearer, error)
	// RevokeToken has the token id refused until the token would have expired
	// anyway.
	RevokeToken(ctx context.Context, tokenID string, until time.Time) error
	// Record appends to the audit log, all entries or none.
	Record(ctx context.Context, entries ...AuditEntry) error
}
