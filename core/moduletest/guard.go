package moduletest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/bearer/verifier"
	"foyer/core/catalog"
	"foyer/core/config"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// callerHeader carries the test's caller as JSON.
const callerHeader = "Test-Caller"

// Guard is the gateway's own, and counts what it is asked. Callers that a test
// names need not sign in: they are admitted as themselves, by the same rules. A
// request without a named caller must present what clients do: a secret, a token,
// a cookie.
type Guard struct {
	Admissions atomic.Int64 // rules asked for
	Throttles  atomic.Int64 // limits asked for
	gateway    *auth.Auth
}

// open creates the gateway's guard.
func (g *Guard) open(t testing.TB, s *store.Store, c *catalog.Catalog, lk module.LiveKit, tokens *verifier.Verifier) {
	t.Helper()
	cfg := config.Default()
	var err error
	g.gateway, err = auth.New(auth.Options{
		OIDC: cfg.OIDC, Session: cfg.Session, HTTP: cfg.HTTP, Key: conf.NewSecret(rand.Text() + rand.Text()), Users: s, Sessions: s,
		Tokens: livekit.NewVerifier(lk.APIKey, lk.APISecret), Rooms: rooms.NewFinder(s), Secrets: c.Secret, Bearers: tokens,
		Language: cfg.Users.Language, Log: discard(),
	})
	require.NoError(t, err)
	t.Cleanup(g.gateway.Close)
}

func (g *Guard) Admit(w http.ResponseWriter, r *http.Request, route module.Route) error {
	g.Admissions.Add(1)
	text := r.Header.Get(callerHeader)
	if text == "" {
		return g.gateway.Admit(w, r, route)
	}
	r.Header.Del(callerHeader)
	caller := &module.Caller{Address: module.CallerFrom(r.Context()).Address}
	if err := json.Unmarshal([]byte(text), caller); err != nil {
		return reply.Detail(http.StatusBadRequest, err.Error())
	}
	if route.Access.Rule().Kind == module.ApplicationToken("").Rule().Kind && caller.Application == nil {
		return g.gateway.Admit(w, r, route) // a browser, which presents no token
	}
	if !admits(route.Access.Rule(), *caller) {
		return reply.Forbidden()
	}
	*r = *r.WithContext(module.WithCaller(r.Context(), caller))
	return nil
}

// admits checks a caller that a test names against the rule. No named caller has
// a secret.
func admits(rule module.Rule, caller module.Caller) bool {
	switch rule.Kind {
	case "public", "session_optional", "own":
		return true
	case "session", "staff", "sign_in":
		return caller.SignedIn()
	case "livekit_token":
		return caller.Token != nil && caller.Room != nil
	case "livekit_token_or_session":
		return caller.Room != nil
	case "application_token":
		return caller.SignedIn() && caller.Application.Allows(rule.Scope)
	default:
		return false
	}
}

// Allow lets everything pass.
func (g *Guard) Allow(context.Context, string, string) (time.Duration, error) {
	g.Throttles.Add(1)
	return 0, nil
}

func encodeCaller(t testing.TB, c module.Caller) string {
	t.Helper()
	b, err := json.Marshal(c)
	require.NoError(t, err)
	return string(b)
}
