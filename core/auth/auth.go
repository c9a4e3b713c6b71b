package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"foyer/core/bearer"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

// Users are the accounts; accounts.Service implements it.
type Users interface {
	UserBySub(ctx context.Context, sub string) (store.User, error)
	UsersByEmail(ctx context.Context, email string) ([]store.User, error)
	CreateUser(ctx context.Context, u store.User) (store.User, error)
	UpdateClaims(ctx context.Context, id uuid.UUID, c store.Claims) error
	TouchLogin(ctx context.Context, id uuid.UUID, at time.Time) error
}

// Sessions are the stored sessions and the one-time values of sign-in;
// *store.Store implements it.
type Sessions interface {
	SaveSession(ctx context.Context, s store.Session) error
	LiveSessions(ctx context.Context, now time.Time, tokens ...string) (map[string]store.LiveSession, error)
	DeleteSession(ctx context.Context, token string) error
	DeleteUserSessions(ctx context.Context, user uuid.UUID) (int, error)
	DeleteSIDSessions(ctx context.Context, sid string) (int, error)
	KVPutIfAbsent(ctx context.Context, ns, key string, value []byte, expires *time.Time, now time.Time) (bool, error)
	KVDelete(ctx context.Context, ns, key string) error
}

// Tokens verifies LiveKit access tokens. The error's text is shown to the client
// as the reason, so it names the fault and reveals nothing of the token.
type Tokens interface {
	Verify(token string) (livekit.Claims, error)
}

// Meetings knows which genuine tokens no longer count; *meetings.Meetings does.
// The error is a livekit.Reason, or an internal failure.
type Meetings interface {
	Check(ctx context.Context, t livekit.Claims) error
}

// Bearers finds out who the bearer token of a request speaks for, and checks that
// it has the scope; *verifier.Verifier does. The error is sent as the answer.
type Bearers interface {
	Admit(r *http.Request, scope string) (bearer.Identity, error)
}

// RoomFinder finds the room that a path names, by a UUID in any spelling or by
// name; store.ErrNotFound if there is none.
type RoomFinder interface {
	Find(ctx context.Context, idOrSlug string) (store.RoomWithRole, error)
}

// Options are what New needs.
type Options struct {
	OIDC    config.OIDC
	Session config.Session
	HTTP    config.HTTP
	// Key seals sessions in the store and pending logins in browsers; changing it
	// ends them all.
	Key      conf.Secret
	Users    Users
	Sessions Sessions
	// Tokens may be nil: then every LiveKit token is refused.
	Tokens Tokens
	// Meetings may be nil: then every genuine token counts until it expires.
	Meetings Meetings
	// Rooms is required by routes with a LiveKit access rule.
	Rooms RoomFinder
	// Secrets finds the shared secrets of module.Secret; nil means there are
	// none.
	Secrets func(name string) (conf.Secret, bool)
	// Bearers verifies the tokens of module.ApplicationToken; nil admits nobody.
	Bearers Bearers
	// Language is the one given to new accounts, such as "en-us".
	Language string
	// OnNewUser is called for every account that a sign-in creates; nil calls
	// nothing. It must not block.
	OnNewUser func(ctx context.Context, u store.User)
	// Log receives the causes of failed sign-ins; nil = slog.Default.
	Log *slog.Logger
}

// Auth admits requests and signs users in and out. It is safe for concurrent
// use.
type Auth struct {
	o        Options
	log      *slog.Logger
	own      string // origin of HTTP.PublicURL, "" if it is not set
	trusted  origins
	sessions *sessions
	logins   *logins
	provider *provider
}

// New checks the options and returns an Auth; it reports all configuration faults
// at once, and does not contact the provider.
func New(o Options) (*Auth, error) {
	a := &Auth{o: o, log: o.Log}
	if a.log == nil {
		a.log = slog.Default()
	}
	var faults []error
	fault := func(err error) { faults = append(faults, err) }
	if o.Users == nil || o.Sessions == nil {
		fault(errors.New("auth: Users and Sessions are needed"))
	}
	if o.HTTP.PublicURL != "" {
		own, err := originOf(o.HTTP.PublicURL)
		if err != nil {
			fault(fmt.Errorf("http.public_url: %w", err))
		}
		a.own = own
	}
	var err error
	if a.trusted, err = parseTrusted(o.HTTP.CSRFTrusted); err != nil {
		fault(fmt.Errorf("http.csrf_trusted_origins: %w", err))
	}
	if a.sessions, err = newSessions(o.Session, o.HTTP.SecureCookies, o.Key, o.Sessions); err == nil {
		a.logins, err = newLogins(o.Session.CookieName, o.HTTP.SecureCookies, o.Key)
	}
	if err != nil {
		fault(err)
	}
	if a.provider, err = newProvider(o.OIDC, a.log); err != nil {
		fault(err)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return a, nil
}

// Close drops idle connections to the provider.
func (a *Auth) Close() { a.provider.client.CloseIdleConnections() }
