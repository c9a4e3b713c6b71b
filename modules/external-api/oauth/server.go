package oauth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"foyer/core/bearer"
	"foyer/modules/external-api/assertion"
	"foyer/modules/external-api/audit"
	"foyer/modules/external-api/gather"
	"foyer/modules/external-api/keyring"
	"foyer/modules/external-api/secrets"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Scope is the throttle for endpoints that take credentials, by address.
const Scope = "external_token"

// Authenticator finds who a token speaks for; bearer.Chain implements it.
type Authenticator interface {
	Authenticate(ctx context.Context, header string) (bearer.Identity, error)
}

// Origins keeps the provider's tokens that others are exchanged for, under the name in
// their claim bearer.OriginClaim; origin.Keeper implements it.
type Origins interface {
	Keep(ctx context.Context, token string, until time.Time) (name string, err error)
}

// Options are the server's dependencies and settings.
type Options struct {
	Config       Config
	Ring         *keyring.Ring
	Applications module.Applications
	Accounts     module.Accounts
	Throttle     module.Throttle
	KV           module.KV
	Audit        *audit.Log
	Own          Authenticator // for tokens issued here
	All          Authenticator // for every token the API accepts
	Origins      Origins       // for tokens exchanged for the provider's
	Hold         time.Duration // how old a look-up made for another request may be
	Log          *slog.Logger
}

// Server is the authorization server.
type Server struct {
	o          Options
	secrets    *secrets.Verifier
	assertions *assertion.Verifier
	lookups    gather.Group[string, *module.Application]
	accounts   gather.Group[string, []module.Account]
}

// Endpoint holds the routes, which are served by the server opened last.
type Endpoint struct{ server atomic.Pointer[Server] }

// Open starts a server, which answers from then on.
func (e *Endpoint) Open(o Options) {
	e.server.Store(&Server{
		o: o, secrets: secrets.New(secrets.Options{Directory: o.Applications, Throttle: o.Throttle, Log: o.Log}),
		assertions: &assertion.Verifier{Once: o.KV},
		lookups:    gather.Group[string, *module.Application]{Hold: o.Hold},
		accounts:   gather.Group[string, []module.Account]{Hold: o.Hold},
	})
}

// The paths of the endpoints.
const (
	base           = "/external-api/v1.0/application/"
	tokenPath      = base + "token/"
	revokePath     = base + "revoke/"
	introspectPath = base + "introspect/"
	keysPath       = base + "jwks/"
	metadataPath   = "/.well-known/oauth-authorization-server/*issuer"
)

// Routes returns the endpoints of the authorization server.
func (e *Endpoint) Routes() []module.Route {
	post, get := http.MethodPost, http.MethodGet
	routes := []module.Route{
		{Method: post, Path: tokenPath, Access: module.Own, Limit: Scope, Handler: e.taking((*Server).token)},
		{Method: post, Path: revokePath, Access: module.Own, Limit: Scope, Handler: e.taking((*Server).revoke)},
		{Method: post, Path: introspectPath, Access: module.Own, Limit: Scope, Handler: e.taking((*Server).introspect)},
		{Method: get, Path: keysPath, Access: module.Public, Handler: e.telling((*Server).keys)},
		{Method: get, Path: metadataPath, Outside: true, Access: module.Public, Handler: e.telling((*Server).metadata)},
	}
	for i := range routes {
		routes[i].Flag = Flag
	}
	return routes
}

// telling answers what anybody may know; while applications are off it is an unknown
// path.
func (e *Endpoint) telling(tell func(*Server, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s := e.server.Load()
		if s == nil || !s.o.Config.Enabled {
			reply.Fail(w, r, reply.NotFound())
			return
		}
		tell(s, w, r)
	}
}

// taking reads a request, answers it, and keeps the answer out of caches (RFC 6749 5.1).
// The gateway's own no-store would not be enough: between processes, net/http reads
// Pragma alone as Cache-Control: no-cache.
func (e *Endpoint) taking(answer func(*Server, *http.Request, *request) (any, error)) http.HandlerFunc {
	return e.telling(func(s *Server, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Pragma", "no-cache")
		in, err := read(w, r)
		var shown any
		if err == nil {
			shown, err = answer(s, r, in)
		}
		if err != nil {
			in.fail(w, r, err)
			return
		}
		reply.JSON(w, r, http.StatusOK, shown)
	})
}

// refused records a refusal in the audit log. The client is refused even if that fails:
// what matters is that nothing was given away.
func (s *Server) refused(ctx context.Context, err error, e module.AuditEntry) {
	f, ok := failureOf(err)
	if !ok || f.outcome == "" {
		return
	}
	e.Outcome = f.outcome
	if err := s.o.Audit.Record(ctx, e); err != nil {
		s.o.Log.ErrorContext(ctx, "refusal not in the audit log", "action", e.Action, "outcome", e.Outcome, "error", err)
	}
}

// wrong turns an error of a credential check into its answer.
func wrong(err error) error {
	if errors.Is(err, secrets.ErrWrong) {
		return wrongClient()
	}
	return err
}
