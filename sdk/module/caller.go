package module

import (
	"context"
	"net/netip"
	"slices"

	"github.com/google/uuid"
)

// Caller is who makes a request, as the host established it before the
// handler ran. The zero value is an anonymous caller.
type Caller struct {
	// UserID is the account, uuid.Nil without one.
	UserID uuid.UUID `json:"user_id"`
	// Sub is the account's OIDC subject, "" without one.
	Sub string `json:"sub,omitempty"`
	// Token holds the LiveKit token's claims when one authenticated the call.
	Token *TokenClaims `json:"token,omitempty"`
	// Application acts for the account if an application's token authenticated
	// the call; nil otherwise.
	Application *CallingApplication `json:"application,omitempty"`
	// Room is the room of the path when the access rule resolved it.
	Room *RoomRef `json:"room,omitempty"`
	// Address is the client's address, from trusted proxies only.
	Address string `json:"address,omitempty"`
}

// TokenClaims are the parts of a verified LiveKit token a handler may use.
// The token itself is never handed on.
type TokenClaims struct {
	Identity string `json:"identity"`
	Room     string `json:"room"` // video.room
}

// CallingApplication is a program that acts for a user, and what its token
// allows. The token itself is never handed on.
type CallingApplication struct {
	// ID is the registered application, uuid.Nil for programs that are not
	// registered here: add-ons, and clients of the OIDC provider.
	ID uuid.UUID `json:"id"`
	// ClientID is the client that the token names, "" if it names none.
	ClientID string `json:"client_id,omitempty"`
	// Source identifies the program, whatever its kind; keep what it creates
	// under it.
	Source uuid.UUID `json:"source"`
	// Kind says how it was authenticated, in the words of logs and analytics
	// (external-api.md 9).
	Kind string `json:"kind"`
	// Scopes are what the token allows, in lower case.
	Scopes []string `json:"scopes,omitempty"`
}

// Allows reports whether the token has the scope.
func (a *CallingApplication) Allows(scope string) bool {
	return a != nil && slices.Contains(a.Scopes, scope)
}

// RoomRef names a registered room.
type RoomRef struct {
	ID   uuid.UUID `json:"id"`
	Slug string    `json:"slug"`
}

// SignedIn reports whether an account is behind the call.
func (c Caller) SignedIn() bool { return c.UserID != uuid.Nil }

// Network is what one client can call its own: an IPv4 address, or the /64 of an
// IPv6 address, within which it can change addresses at will. An address that
// cannot be parsed is returned as it is.
func (c Caller) Network() string {
	a, err := netip.ParseAddr(c.Address)
	if err != nil {
		return c.Address
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// CallsFrom reports whether the caller's address is in one of the networks, in
// CIDR notation; without any it is true. An address that cannot be parsed is in
// none.
func (c Caller) CallsFrom(networks []string) bool {
	if len(networks) == 0 {
		return true
	}
	address, err := netip.ParseAddr(c.Address)
	if err != nil {
		return false
	}
	for _, text := range networks {
		if network, err := netip.ParsePrefix(text); err == nil && network.Contains(address.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

type callerKey struct{}

// WithCaller returns a context that carries c; the host calls it.
func WithCaller(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerFrom returns the caller of a request's context, or the anonymous one.
func CallerFrom(ctx context.Context) Caller {
	if c, ok := ctx.Value(callerKey{}).(*Caller); ok {
		return *c
	}
	return Caller{}
}
