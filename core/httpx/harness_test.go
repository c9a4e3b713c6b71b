package httpx_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/flags"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// headerGuard signs in the user named by the test header.
type headerGuard struct{}

func (headerGuard) Admit(_ http.ResponseWriter, r *http.Request, route module.Route) error {
	caller := module.CallerFrom(r.Context())
	if id, err := uuid.Parse(r.Header.Get("X-Test-User")); err == nil {
		caller.UserID = id
	}
	if room := r.Header.Get("X-Test-Token-Room"); room != "" {
		caller.Token = &module.TokenClaims{Identity: r.Header.Get("X-Test-Identity"), Room: room}
	}
	if id, err := uuid.Parse(r.Header.Get("X-Test-Program")); err == nil {
		caller.Application = &module.CallingApplication{Source: id}
	}
	if route.Access == module.Session && !caller.SignedIn() {
		return reply.Unauthenticated()
	}
	*r = *r.WithContext(module.WithCaller(r.Context(), &caller))
	return nil
}

// limiter records what it was asked and refuses what it is told to.
type limiter struct {
	mu   sync.Mutex
	keys []string
	wait time.Duration
	err  error
}

func (l *limiter) Allow(_ context.Context, scope, key string) (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys = append(l.keys, scope+" "+key)
	return l.wait, l.err
}

// gates are the flags that are on.
type gates map[flags.Key]bool

func (g gates) On(k flags.Key) bool { return g[k] }

// house is a router under test.
type house struct {
	*testing.T
	options httpx.Options
	limiter *limiter
	gates   gates
	logs    *bytes.Buffer
	handler http.Handler
}

func build(t *testing.T, cfg config.HTTP, groups ...httpx.Group) *house {
	t.Helper()
	h := &house{T: t, limiter: &limiter{}, gates: gates{}, logs: &bytes.Buffer{}}
	h.options = httpx.Options{
		HTTP: cfg, Guard: headerGuard{}, Limiter: h.limiter, Gate: h.gates,
		Log: slog.New(slog.NewJSONHandler(h.logs, nil)),
	}
	h.rebuild(groups...)
	return h
}

// rebuild builds the router again, with the current options.
func (h *house) rebuild(groups ...httpx.Group) {
	h.Helper()
	var err error
	h.handler, err = httpx.Build(h.options, groups...)
	require.NoError(h.T, err)
}

// ask sends one request; headers come in pairs, among them Host and From (the peer's
// address).
func (h *house) ask(method, target string, header ...string) *httptest.ResponseRecorder {
	h.Helper()
	r := httptest.NewRequest(method, "http://meet.example.org"+target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		switch header[i] {
		case "Host":
			r.Host = header[i+1]
		case "From":
			r.RemoteAddr = header[i+1]
		case "Body":
			r.Body = io.NopCloser(strings.NewReader(header[i+1]))
		default:
			r.Header.Add(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// show answers with what a handler sees.
var show = http.HandlerFunc(showRequest)

// route answers 200 with what the handler sees.
func route(method, path string, access module.Access, limit string) module.Route {
	return module.Route{Method: method, Path: path, Access: access, Limit: limit, Handler: show}
}

func showRequest(w http.ResponseWriter, r *http.Request) {
	internal := []string{}
	for k := range r.Header {
		if strings.HasPrefix(k, "X-Foyer-") {
			internal = append(internal, k)
		}
	}
	caller := module.CallerFrom(r.Context())
	origin, configured := module.Origin(r)
	reply.JSON(w, r, http.StatusOK, map[string]any{
		"origin": origin, "configured": configured, "called": r.Host,
		"method": r.Method, "room": r.PathValue("room"), "address": caller.Address,
		"scheme": r.URL.Scheme, "host": r.URL.Host, "internal": internal,
	})
}

func core(routes ...module.Route) httpx.Group { return httpx.Group{Routes: routes} }

const json401 = `{"detail":"Authentication credentials were not provided."}`
const json404 = `{"detail":"Not found."}`
