package bearer

import "github.com/google/uuid"

// Kind is how a caller was authenticated, in the words that analytics and logs
// use (external-api.md 9).
type Kind string

// The kinds, in the order in which they are tried.
const (
	ApplicationJWT Kind = "ApplicationJWTAuthentication"
	AddonsJWT      Kind = "AddonsJWTAuthentication"
	ResourceServer Kind = "ResourceServerAuthentication"
)

// Identity is who a token speaks for, and what it may do.
type Identity struct {
	Kind Kind
	// User is the active account that is acted for.
	User User
	// Application is the one of ours that acts, uuid.Nil for the other kinds.
	Application uuid.UUID
	// ClientID is what the token says of the client, "" when it says nothing.
	ClientID string
	// Scopes are the token's own: those of an application may have changed since.
	Scopes Scopes
}

// User is an account as far as tokens matter.
type User struct {
	ID     uuid.UUID
	Email  string // "" without one
	Active bool
}

// Application is a registered application as far as tokens matter.
type Application struct {
	ID       uuid.UUID
	ClientID string
	Active   bool
}
