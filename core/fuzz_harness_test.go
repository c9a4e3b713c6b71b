package core_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/oidcdev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// gateway is the whole gateway behind its handler, for requests that a net/http client
// would not send. Ada is signed in and owns the room "fuzzed".
type gateway struct {
	app                *core.App
	session, csrf      string
	user, room, access string // ids; access is Ada's to the room
}

// newGateway starts it for as long as a fuzz target runs.
func newGateway(f *testing.F) *gateway {
	f.Helper()
	op := oidcdev.StartT(f, oidcdev.Options{Users: coretest.People()})
	cfg, _, err := config.Load(config.Source{Modules: coretest.Modules, Environ: coretest.SwitchedOn})
	require.NoError(f, err)
	cfg.HTTP.Addr, cfg.Telemetry.MetricsAddr, cfg.Database.Dir = "127.0.0.1:0", "", f.TempDir()
	cfg.LiveKit.URL, cfg.LiveKit.APIKey, cfg.LiveKit.APISecret = "ws://127.0.0.1:1", coretest.MediaKey, conf.NewSecret(coretest.MediaSecret)
	cfg.OIDC.Issuer, cfg.OIDC.ClientID, cfg.OIDC.ClientSecret = op.Issuer, op.ClientID, conf.NewSecret(op.Secret)
	ctx, stop := context.WithCancel(context.Background())
	app, err := core.New(ctx, core.Options{Config: cfg, Modules: coretest.Modules, Log: slog.New(slog.DiscardHandler), Version: "fuzz"})
	require.NoError(f, err)
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx) }()
	f.Cleanup(func() {
		stop()
		require.NoError(f, <-ended)
	})
	g := &gateway{app: app}
	g.signIn(f)
	return g
}

func (g *gateway) signIn(f *testing.F) {
	f.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(f, err)
	c := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	base := "http://" + g.app.Addr().String()
	var me, room struct {
		ID       string
		Accesses []struct{ ID string }
	}
	resp, err := c.Get(base + "/api/v1.0/authenticate/?login_hint=ada&returnTo=/api/v1.0/users/me/")
	require.NoError(f, err)
	require.NoError(f, json.NewDecoder(resp.Body).Decode(&me))
	require.NoError(f, resp.Body.Close())
	u, err := url.Parse(base)
	require.NoError(f, err)
	for _, k := range jar.Cookies(u) {
		switch k.Name {
		case "sessionid":
			g.session = k.Value
		case "csrftoken":
			g.csrf = k.Value
		}
	}
	w := g.do(g.request(http.MethodPost, "/api/v1.0/rooms/", `{"name":"Fuzzed","access_level":"restricted"}`, g.signedIn("Content-Type", "application/json")))
	require.Equal(f, http.StatusCreated, w.Code, w.Body.String())
	require.NoError(f, json.Unmarshal(w.Body.Bytes(), &room))
	g.user, g.room, g.access = me.ID, room.ID, room.Accesses[0].ID
}

// signedIn returns Ada's headers, and more.
func (g *gateway) signedIn(more ...string) http.Header {
	h := http.Header{"Cookie": {"sessionid=" + g.session + "; csrftoken=" + g.csrf}, "X-Csrftoken": {g.csrf}}
	for i := 0; i+1 < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}
	return h
}

// request returns what the server makes of a request line, nil if it would refuse it
// before any handler runs.
func (g *gateway) request(method, target, body string, h http.Header) *http.Request {
	u, err := url.ParseRequestURI(target)
	if err != nil || strings.ContainsAny(target, " \r\n\x00") {
		return nil
	}
	r := &http.Request{
		Method: method, URL: u, RequestURI: target, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h,
		Host: g.app.Addr().String(), RemoteAddr: "127.0.0.1:9", Body: http.NoBody,
	}
	if body != "" {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	return r.WithContext(context.Background())
}

func (g *gateway) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	g.app.Handler().ServeHTTP(w, r)
	return w
}

// survives sends a request; nil stands for one that the server refuses. The answer must
// be described, and the only server error allowed is the missing media server.
func (g *gateway) survives(t *testing.T, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	if r == nil {
		return httptest.NewRecorder()
	}
	w := g.do(r)
	says := fmt.Sprintf("%s %q: %d %.300s", r.Method, r.RequestURI, w.Code, w.Body)
	if w.Code >= 500 && !strings.Contains(w.Body.String(), `{"error":`) {
		t.Fatal(says)
	}
	if !coretest.Holds(r.URL.Path) {
		return w
	}
	d, err := coretest.Described()
	require.NoError(t, err)
	resp := w.Result()
	if err := d.Check(r, resp, bytes.Clone(w.Body.Bytes())); err != nil {
		t.Fatalf("%s\nis not described: %v", says, err)
	}
	return w
}

// routes returns the gateway's routes that satisfy want.
func (g *gateway) routes(want func(module.Route) bool) (all []module.Route) {
	for _, group := range g.app.Groups() {
		for _, r := range group.Routes {
			if want(r) {
				all = append(all, r)
			}
		}
	}
	return all
}

// fill fills in a path's parameters with something of Ada's.
func (g *gateway) fill(path string) string {
	id := g.user
	if strings.Contains(path, "/resource-accesses/") {
		id = g.access
	}
	return strings.NewReplacer(":room", "fuzzed", ":id", id).Replace(path)
}

// bodies returns those that the matrix sends to a route.
func (g *gateway) bodies(f *testing.F, r module.Route) (all []string) {
	f.Helper()
	ids := strings.NewReplacer("$room", g.room, "$owner", g.user, "$member", g.user, "$stranger", g.user)
	for _, row := range rowsOf(f, matrix) {
		if row.route() == r.Method+" "+r.Path && row.body != "" {
			all = append(all, ids.Replace(row.body))
		}
	}
	return all
}
