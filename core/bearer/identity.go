package bearer

import (
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

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
	// Account is the active account being acted for.
	Account module.Account
	// Application is the registered application that acts, uuid.Nil for other
	// kinds.
	Application uuid.UUID
	// ClientID is what the token says of the client, "" when it says nothing.
	ClientID string
	// Source identifies the acting program, whatever its kind: rooms that it
	// creates are recorded under it, and it may see only those.
	Source uuid.UUID
	// Scopes are the token's own: those of its application may have changed
	// since.
	Scopes Scopes
	// TokenIDs are the token's own id and those of the tokens it was exchanged
	// for; revoking any of them ends it. Empty for a token that cannot be revoked
	// here.
	TokenIDs []string
	// Origin names the provider's token that this one was exchanged for, directly
	// or through others; "" = none.
	Origin string
	// Ends is when the token expires; zero if unknown.
	Ends time.Time
}

// sources is the namespace for the Source of programs not registered here: they
// have a name and need an id that never changes.
var sources = uuid.MustParse("8c3a8f0e-4a3c-4f3e-9d63-1c5a0f6f2b1d")

// addonsSource is the Source of all add-ons: their tokens do not distinguish
// them.
var addonsSource = uuid.NewSHA1(sources, []byte("addons"))

// clientSource is the Source of a client of the OIDC provider.
func clientSource(clientID string) uuid.UUID {
	return uuid.NewSHA1(sources, []byte("client:"+clientID))
}
