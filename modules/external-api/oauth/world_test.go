package oauth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/accounts"
	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/core/legacy/credential"
	"foyer/core/moduletest"
	"foyer/core/openapi/openapitest"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	externalapi "foyer/modules/external-api"
	"foyer/modules/external-api/openapi"
	"foyer/modules/external-api/secrets"
	"foyer/sdk/module"
)

func TestMain(m *testing.M) { moduletest.Main(m, externalapi.New) }

const (
	signingSecret  = "a key of more than thirty-two bytes for tests"
	tokenPath      = "/external-api/v1.0/application/token/"
	revokePath     = "/external-api/v1.0/application/revoke/"
	introspectPath = "/external-api/v1.0/application/introspect/"
	keysPath       = "/external-api/v1.0/application/jwks/"
	metadataPath   = "/.well-known/oauth-authorization-server/"
)

// world is a running module with one application and one user.
type world struct {
	*testing.T
	*moduletest.Gateway
	c      moduletest.Case
	store  *store.Store
	app    store.Application
	secret string
	ada    store.User
}

// newWorld starts the module with extra lines of configuration; change adjusts the case.
func newWorld(t *testing.T, lines string, change ...func(*moduletest.Case)) *world {
	t.Helper()
	w := &world{T: t}
	s, err := store.Open(t.Context(), config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 10 * time.Second})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Migrate(t.Context()))
	w.store = s
	w.app, w.secret = w.application("client", "rooms:create", "rooms:list", "rooms:list:all")
	w.ada = w.user("User.Family@example.com", "ada")
	c := moduletest.Case{
		New: externalapi.New, Store: s, Config: "jwt_secret_key: " + signingSecret + "\n" + lines,
		Accounts: accounts.Rules{Provisional: true, WithSub: true},
	}
	for _, f := range change {
		f(&c)
	}
	w.c = c
	w.Gateway = moduletest.Start(t, c, false)
	return w
}

// throttled allows n unknown secrets an hour for each client id.
func throttled(n int) func(*moduletest.Case) {
	return func(c *moduletest.Case) {
		c.Throttle = ephemeral.NewThrottle(map[string]config.Rate{secrets.Scope: {Count: n, Period: time.Hour}}, time.Now)
	}
}

// application stores an active application with a random secret.
func (w *world) application(clientID string, scopes ...string) (store.Application, string) {
	w.Helper()
	secret, err := credential.Random(128)
	require.NoError(w.T, err)
	hash, err := credential.Make(secret, credential.FewRounds)
	require.NoError(w.T, err)
	a, err := w.store.CreateApplication(w.Context(), store.Application{
		Name: clientID, ClientID: clientID, IsActive: true, Scopes: scopes, Secrets: []store.ApplicationSecret{{Hash: hash}},
	})
	require.NoError(w.T, err)
	seen()
	return a, secret
}

// change alters the application.
func (w *world) change(f func(*store.Application)) {
	w.Helper()
	_, err := w.store.ChangeApplication(w.Context(), w.app.ID, func(a *store.Application) error { f(a); return nil })
	require.NoError(w.T, err)
	seen()
}

// seen waits until a change is visible: requests for tokens share look-ups for 20 ms.
func seen() { time.Sleep(30 * time.Millisecond) }

// user stores an active account; sub "" means that it has none.
func (w *world) user(email, sub string) store.User {
	w.Helper()
	u := store.User{Email: &email, IsActive: true}
	if sub != "" {
		u.Sub = &sub
	}
	u, err := w.store.CreateUser(w.Context(), u)
	require.NoError(w.T, err)
	seen()
	return u
}

// legacy returns a correct request in the replaced server's form.
func (w *world) legacy() url.Values {
	return url.Values{
		"client_id": {"client"}, "client_secret": {w.secret}, "grant_type": {"client_credentials"}, "scope": {"user.family@example.com"},
	}
}

// with returns a copy with some values replaced; "" removes one.
func with(form url.Values, pairs ...string) url.Values {
	changed := url.Values{}
	for k, v := range form {
		changed[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		if changed.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			changed.Del(pairs[i])
		}
	}
	return changed
}

// post sends a form; headers alternates names and values.
func (w *world) post(path string, form url.Values, headers ...string) moduletest.Answer {
	w.Helper()
	r := moduletest.Request{Method: http.MethodPost, Path: path, Body: form.Encode(), Header: http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"},
	}}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	a := w.Send(w.T, r)
	w.described(r, a)
	return a
}

// document is the published description of the endpoints.
var document = sync.OnceValues(func() (*openapitest.Description, error) {
	return openapitest.New(openapi.Base, openapi.Parts())
})

// described checks an answer against the document.
func (w *world) described(r moduletest.Request, a moduletest.Answer) {
	w.Helper()
	d, err := document()
	require.NoError(w.T, err)
	req := &http.Request{Method: r.Method, URL: &url.URL{Path: r.Path}}
	require.NoError(w.T, d.Check(req, &http.Response{StatusCode: a.Status, Header: a.Header}, []byte(a.Body)), a.Body)
}

func (w *world) get(path string) moduletest.Answer {
	w.Helper()
	r := moduletest.Request{Method: http.MethodGet, Path: path}
	a := w.Send(w.T, r)
	if path == metadataPath {
		w.described(r, a)
	}
	return a
}

// from sends a request as if from another address.
func (w *world) from(address string, form url.Values) moduletest.Answer {
	w.Helper()
	return w.Send(w.T, moduletest.Request{
		Method: http.MethodPost, Path: tokenPath, Body: form.Encode(), Caller: &module.Caller{Address: address},
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	})
}

// object returns the body of an answer.
func object(t *testing.T, a moduletest.Answer) map[string]any {
	t.Helper()
	var o map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.Body), &o), a.Body)
	return o
}

// issued returns the token in an answer, and its claims.
func (w *world) issued(a moduletest.Answer) (text string, header map[string]any, claims jwt.MapClaims) {
	w.Helper()
	require.Equal(w.T, http.StatusOK, a.Status, a.Body)
	text, _ = object(w.T, a)["access_token"].(string)
	token, err := jwt.Parse(text, func(*jwt.Token) (any, error) { return []byte(signingSecret), nil }, jwt.WithValidMethods([]string{"HS256"}))
	require.NoError(w.T, err)
	return text, token.Header, token.Claims.(jwt.MapClaims)
}

// audit returns the last n entries of the audit log, newest first.
func (w *world) audit(n int) []store.AuditEntry {
	w.Helper()
	list, err := w.store.Audit(w.Context(), store.AuditQuery{Limit: n})
	require.NoError(w.T, err)
	return list
}
