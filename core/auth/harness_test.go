package auth_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/core/accounts"
	"foyer/core/auth"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/oidcdev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			code = 1
		}
	}
	os.Exit(code)
}

func openStore(t *testing.T, cfg config.Database) *store.Store {
	t.Helper()
	cfg.MaxConns, cfg.ConnectTimeout = 4, time.Minute
	st, err := store.Open(context.Background(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { st.Close() })
	require.NoError(t, st.Migrate(context.Background()))
	return st
}

func sqlite(t *testing.T) *store.Store {
	return openStore(t, config.Database{Dir: migrated.SQLiteT(t)})
}

func postgres(t *testing.T) *store.Store {
	return openStore(t, config.Database{URL: conf.NewSecret(migrated.PostgresT(t))})
}

// onBoth runs a test on both engines.
func onBoth(t *testing.T, test func(t *testing.T, st *store.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, sqlite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, postgres(t)) })
}

// world is a gateway's sign-in, a provider, and the log.
type world struct {
	*testing.T
	st   *store.Store
	op   *oidcdev.Provider
	auth *auth.Auth
	url  string
	logs *logs
}

// defaults returns the default configuration.
func defaults() auth.Options {
	return auth.Options{
		OIDC: config.OIDC{
			ClientAuth: config.AutoAuth, SignAlgo: "RS256", Scopes: "openid email", UserInfoForm: "AUTO", UseNonce: true, UsePKCE: true,
			PKCEMethod: "S256", PKCESize: 64, CreateUser: true, SubImmutable: true,
			FullName: []string{"given_name", "usual_name"}, ShortName: "given_name", StoreIDToken: true,
			ReturnField: "returnTo", LoginURL: "/home", FailureURL: "/failed", LogoutDoneURL: "/bye",
			LogoutByGET: true, VerifyTLS: true, Timeout: 30 * time.Second,
		},
		Session:  config.Session{CookieName: "sessionid", Lifetime: 12 * time.Hour},
		Key:      conf.NewSecret("a key of more than thirty-two bytes, for tests"),
		Language: "en-us",
	}
}

type route struct {
	method, path string
	access       module.Access
}

var testRoutes = []route{
	{"GET", "/me/", module.Session},
	{"POST", "/me/", module.Session},
	{"GET", "/staff/", module.Staff},
	{"GET", "/page/", module.SignIn},
	{"POST", "/page/", module.SignIn},
	{"GET", "/open/", module.Public},
	{"POST", "/optional/", module.SessionOptional},
	{"GET", "/optional/", module.SessionOptional},
	{"POST", "/rooms/:room/token/", module.LiveKitToken},
	{"POST", "/rooms/:room/either/", module.LiveKitTokenOrSession},
	{"GET", "/secret/", module.Secret("hook")},
	{"POST", "/own/", module.Own},
	{"GET", "/nobody/", module.Access{}},
}

func newWorld(t *testing.T, st *store.Store, change func(*auth.Options, *oidcdev.Provider)) *world {
	t.Helper()
	return newWorldAt(t, st, oidcdev.Options{}, change)
}

// newWorldAt is a world with a provider that has these options.
func newWorldAt(t *testing.T, st *store.Store, kind oidcdev.Options, change func(*auth.Options, *oidcdev.Provider)) *world {
	t.Helper()
	w := &world{T: t, st: st, op: oidcdev.StartT(t, kind), logs: &logs{}}
	o := defaults()
	o.OIDC.Issuer, o.OIDC.ClientID, o.OIDC.ClientSecret = w.op.Issuer, w.op.ClientID, conf.NewSecret(w.op.Secret)
	o.Users, o.Sessions = accounts.New(st, accounts.Rules{}), st
	o.Log = slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if change != nil {
		change(&o, w.op)
	}
	var err error
	w.auth, err = auth.New(o)
	require.NoError(t, err)
	t.Cleanup(w.auth.Close)
	srv := httptest.NewServer(w.engine())
	t.Cleanup(srv.Close)
	w.url = srv.URL
	w.op.TrustKeys(w.url + "/api/v1.0/oidc/jwks/")
	t.Cleanup(func() { w.secretFree() })
	return w
}

func (w *world) engine() http.Handler {
	e := gin.New()
	handle := func(route module.Route) {
		e.Handle(route.Method, route.Path, func(c *gin.Context) {
			r := c.Request
			if s := r.Header.Get("X-Test-Scheme"); s != "" {
				r.URL.Scheme = s
			}
			for _, p := range c.Params {
				r.SetPathValue(p.Key, p.Value)
			}
			r = r.WithContext(module.WithCaller(r.Context(), &module.Caller{Address: c.ClientIP()}))
			if err := w.auth.Admit(c.Writer, r, route); err != nil {
				reply.Fail(c.Writer, r, err)
				return
			}
			route.Handler.ServeHTTP(c.Writer, r)
		})
	}
	for _, r := range w.auth.Routes() {
		handle(r)
	}
	for _, r := range testRoutes {
		handle(module.Route{Method: r.method, Path: r.path, Access: r.access, Handler: http.HandlerFunc(showCaller)})
	}
	return e
}

// showCaller answers with the caller that the handler sees.
func showCaller(w http.ResponseWriter, r *http.Request) {
	caller := module.CallerFrom(r.Context())
	out := map[string]any{"caller": caller}
	if u, ok := auth.UserFrom(r.Context()); ok {
		out["user"] = u.ID
	}
	if room, ok := auth.RoomFrom(r.Context()); ok {
		out["room"] = room.Slug
	}
	reply.JSON(w, r, http.StatusOK, out)
}

// secretFree fails the test if anything secret was logged.
func (w *world) secretFree() {
	w.Helper()
	text := w.logs.String()
	for _, secret := range w.logs.secrets {
		require.NotContains(w.T, text, secret)
	}
	for _, r := range w.op.Requests("/oauth/token") {
		for _, field := range []string{"code", "code_verifier", "client_secret", "client_assertion"} {
			if v := r.Form.Get(field); len(v) > 8 {
				require.NotContains(w.T, text, v, field)
			}
		}
	}
	for _, r := range w.op.Requests("/userinfo") {
		require.NotContains(w.T, text, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	}
	for _, r := range append(w.op.Requests("/authorize"), w.op.Requests("/oauth/par")...) {
		for _, state := range append(r.Query["state"], r.Form["state"]...) {
			require.NotContains(w.T, text, state)
		}
	}
}

// logs is a log that several goroutines may write to.
type logs struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	secrets []string
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// keepOut adds a text that must not be logged.
func (l *logs) keepOut(secret string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(secret) > 8 {
		l.secrets = append(l.secrets, secret)
	}
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// browser is an HTTP client with cookies that stops at redirects.
type browser struct {
	*http.Client
	w *world
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(w.T, err)
	transport := &http.Transport{}
	w.Cleanup(transport.CloseIdleConnections)
	return &browser{w: w, Client: &http.Client{
		Jar: jar, Transport: transport, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response whose body has been read.
type answer struct {
	*http.Response
	body string
}

func (a answer) location() string { return a.Header.Get("Location") }

// cookie returns a cookie that the answer sets.
func (a answer) cookie(name string) *http.Cookie {
	for _, c := range a.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (b *browser) do(method, to string, header ...string) answer {
	b.w.Helper()
	if strings.HasPrefix(to, "/") {
		to = b.w.url + to
	}
	req, err := http.NewRequest(method, to, nil)
	require.NoError(b.w.T, err)
	return b.send(req, header...)
}

func (b *browser) send(req *http.Request, header ...string) answer {
	b.w.Helper()
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := b.Do(req)
	require.NoError(b.w.T, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(b.w.T, err)
	for _, c := range resp.Cookies() {
		b.w.logs.keepOut(c.Value)
	}
	return answer{resp, string(body)}
}

func (b *browser) get(to string, header ...string) answer { return b.do("GET", to, header...) }

// cookieValue returns the value of a cookie the browser has for the gateway.
func (b *browser) cookieValue(name string) string {
	u, err := url.Parse(b.w.url)
	require.NoError(b.w.T, err)
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// plant gives the browser a cookie for the gateway.
func (b *browser) plant(name, value string) {
	u, err := url.Parse(b.w.url)
	require.NoError(b.w.T, err)
	b.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// begin starts a login and lets the provider answer; it returns the callback's
// URL without visiting it.
func (b *browser) begin(query string) string {
	b.w.Helper()
	return b.follow(b.get("/api/v1.0/authenticate/?" + query))
}

// follow lets the provider answer the request that authenticate/ sent the browser to it
// with.
func (b *browser) follow(a answer) string {
	b.w.Helper()
	require.Equal(b.w.T, http.StatusFound, a.StatusCode, a.body)
	to := a.location()
	for range 5 {
		require.True(b.w.T, strings.HasPrefix(to, b.w.op.Issuer), to)
		a = b.get(to)
		require.Equal(b.w.T, http.StatusFound, a.StatusCode, a.body)
		to = a.location()
		if strings.HasPrefix(to, "/") {
			to = b.w.op.Issuer + to
		}
		if strings.HasPrefix(to, b.w.url) {
			return to
		}
	}
	b.w.Fatal("the provider does not come back")
	return ""
}

// login signs in and returns the callback's answer.
func (b *browser) login(user, more string) answer {
	b.w.Helper()
	return b.get(b.begin("login_hint=" + user + more))
}

// signedIn reports whether the browser is signed in at the gateway.
func (b *browser) signedIn() bool {
	b.w.Helper()
	return b.get("/me/").StatusCode == http.StatusOK
}

func (w *world) redirects(a answer, to string) {
	w.Helper()
	require.Equal(w.T, http.StatusFound, a.StatusCode, a.body)
	require.Equal(w.T, to, a.location())
	require.Equal(w.T, "no-store", a.Header.Get("Cache-Control"))
}

func (w *world) user(sub string) store.User {
	w.Helper()
	u, err := w.st.UserBySub(context.Background(), sub)
	require.NoError(w.T, err)
	return u
}

func (w *world) noUser(sub string) {
	w.Helper()
	_, err := w.st.UserBySub(context.Background(), sub)
	require.ErrorIs(w.T, err, store.ErrNotFound)
}

func ptr[T any](v T) *T { return &v }
