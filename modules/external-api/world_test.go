package externalapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/accounts"
	"foyer/core/config"
	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/oidcdev"
	externalapi "foyer/modules/external-api"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

type object = map[string]any

// media is one media server shared by all tests, because its library keeps state in
// package variables.
var media *livekitdev.Server

func TestMain(m *testing.M) {
	os.Exit(moduletest.Execute(func() int {
		var err error
		if media, err = livekitdev.Start(context.Background(), livekitdev.Options{}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer media.Stop()
		return m.Run()
	}, externalapi.New))
}

const (
	roomsPath  = "/external-api/v1.0/rooms/"
	spacesPath = "/v2/spaces/"

	appSecret    = "a secret of the applications, long enough"
	addonsSecret = "a secret of the add-ons, long enough too"
)

// place is where a test runs: both engines and both placements are covered.
type place struct {
	postgres, process bool
}

// everywhere runs a test in every place.
func everywhere(t *testing.T, test func(t *testing.T, p place)) {
	for name, p := range map[string]place{"SQLite, in process": {}, "PostgreSQL, own process": {postgres: true, process: true}} {
		t.Run(name, func(t *testing.T) { test(t, p) })
	}
}

// database returns an empty database on the place's engine.
func (p place) database(t testing.TB) *store.Store {
	cfg := config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 20 * time.Second}
	if p.postgres {
		cfg.URL = conf.NewSecret(migrated.PostgresT(t))
	}
	s, err := store.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Migrate(t.Context()))
	return s
}

// world is a gateway around the module, with people and applications.
type world struct {
	*testing.T
	gateway *moduletest.Gateway
	store   *store.Store
	op      *oidcdev.Provider // nil unless the provider is asked
	people  map[string]store.User
	apps    map[string]store.Application
}

// settings of a world; the zero value is the default world, with telephony off.
type settings struct {
	config   string        // extra lines of the section
	provider bool          // tokens are checked with the OIDC provider
	closed   bool          // no accounts are created for the provider's subjects
	flags    []module.Flag // in addition to the module's own
	phone    string        // number to dial; "" = telephony is off
	alone    bool          // nothing listens at the media server's address
	unnamed  bool          // http.public_url is not set
}

// open starts a world; it ends with the test.
func open(t *testing.T, p place, s settings) *world {
	t.Helper()
	w := &world{T: t, store: p.database(t), people: map[string]store.User{}, apps: map[string]store.Application{}}
	for _, name := range []string{"ada", "grace", "gone"} {
		u, err := w.store.CreateUser(t.Context(), store.User{Sub: &name, Email: new(name + "@example.org"), IsActive: name != "gone"})
		require.NoError(t, err)
		w.people[name] = u
	}
	for _, name := range []string{"calendar", "planner", "disabled"} {
		a, err := w.store.CreateApplication(t.Context(), store.Application{
			Name: name, ClientID: name, IsActive: name != "disabled", Secrets: []store.ApplicationSecret{{Hash: "!"}},
		})
		require.NoError(t, err)
		w.apps[name] = a
	}
	text := "jwt_secret_key: \"" + appSecret + "\"\n"
	if s.provider {
		w.op = oidcdev.StartT(t, oidcdev.Options{})
		text += fmt.Sprintf("resource_server:\n  client_id: %s\n  client_secret: %s\n  issuer: %s\n  introspection_endpoint: %s\n",
			w.op.ClientID, w.op.Secret, w.op.Issuer, w.op.Issuer+oidcdev.IntrospectionPath)
	}
	if !strings.Contains(s.config, "addons:") {
		text += "addons:\n  enabled: true\n  token_secret_key: \"" + addonsSecret + "\"\n"
	}
	server := media.LiveKit()
	if s.alone {
		server.URL = "ws://127.0.0.1:1"
	}
	w.gateway = moduletest.Start(t, moduletest.Case{
		NoPublicURL: s.unnamed,
		New:         externalapi.New, Config: text + s.config, Flags: s.flags, LiveKit: server, Store: w.store,
		Accounts: accounts.Rules{WithSub: !s.closed}, Telephony: config.Telephony{Enabled: s.phone != "", PhoneNumber: s.phone, DefaultCountry: "US", PINLength: 10, PINRetries: 5},
	}, p.process)
	return w
}

// claims returns those of an application's token, as the replaced server issues it.
func (w *world) claims(app, person, scope string) object {
	return object{
		"client_id": app, "delegated": true, "user_id": w.people[person].ID.String(), "iss": "lasuite-meet",
		"iat": time.Now().Unix() - 1, "exp": time.Now().Add(time.Hour).Unix(), "scope": scope,
	}
}

// token returns an application's token for a person.
func (w *world) token(app, person, scope string) string {
	w.Helper()
	return signed(w, w.claims(app, person, scope), appSecret)
}

// addon returns an add-on's token for a person.
func (w *world) addon(person, scope string) string {
	w.Helper()
	c := w.claims("", person, scope)
	delete(c, "client_id")
	delete(c, "delegated")
	c["aud"] = "addons"
	return signed(w, c, addonsSecret)
}

// granted returns a token of the OIDC provider for a person.
func (w *world) granted(client, person, scope string) string {
	w.Helper()
	token, err := w.op.AccessToken(oidcdev.Grant{Sub: person, Client: client, Scopes: strings.Fields("lasuite_meet " + scope)})
	require.NoError(w, err)
	return token
}

func signed(t testing.TB, claims object, secret string) string {
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims)).SignedString([]byte(secret))
	require.NoError(t, err)
	return token
}

// answer is a response.
type answer struct {
	*world
	moduletest.Answer
}

// send makes a call; body is sent as it is if it is a string, otherwise as JSON; header
// alternates names and values.
func (w *world) send(token, method, path string, body any, header ...string) answer {
	w.Helper()
	r := moduletest.Request{Method: method, Path: path, Header: http.Header{}}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	switch b := body.(type) {
	case nil:
	case string:
		r.Body = b
		r.Header.Set("Content-Type", "application/json")
	default:
		text, err := json.Marshal(body)
		require.NoError(w, err)
		r.Body = string(text)
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a := answer{w, w.gateway.Send(w, r)}
	w.hold(method, path, a)
	return a
}

func (w *world) get(token, path string, header ...string) answer {
	w.Helper()
	return w.send(token, http.MethodGet, path, nil, header...)
}

// is checks status and body.
func (a answer) is(status int, body string) answer {
	a.Helper()
	require.Equal(a.world.T, status, a.Status, a.Body)
	require.Equal(a.world.T, body, a.Body)
	return a
}

// json returns the body as an object, after checking the status.
func (a answer) json(status int) object {
	a.Helper()
	require.Equal(a.world.T, status, a.Status, a.Body)
	var o object
	require.NoError(a.world.T, json.Unmarshal([]byte(a.Body), &o), a.Body)
	return o
}

// create makes a room through an application, for a person.
func (w *world) create(app, person string, body any) object {
	w.Helper()
	return w.send(w.token(app, person, "rooms:create"), http.MethodPost, roomsPath, body).json(http.StatusCreated)
}

// frontend makes a room as the frontend does.
func (w *world) frontend(person, name string) store.Room {
	w.Helper()
	r, err := w.store.CreateRoom(w.Context(), store.Room{Name: name, Slug: name, AccessLevel: store.Public}, w.people[person].ID)
	require.NoError(w, err)
	return r
}

// share gives a person a role in a room.
func (w *world) share(room any, person string, role store.Role) {
	w.Helper()
	id, err := uuid.Parse(fmt.Sprint(room))
	require.NoError(w, err)
	_, err = w.store.AddAccess(w.Context(), store.Access{RoomID: id, UserID: w.people[person].ID, Role: role}, w.people["ada"].ID,
		func(store.Role) error { return nil })
	require.NoError(w, err)
}

// Response bodies that many tests expect.
const (
	noCredentials = `{"detail":"Authentication credentials were not provided."}`
	forbidden     = `{"detail":"You do not have permission to perform this action."}`
	notFound      = `{"detail":"Not found."}`
	noRoom        = `{"detail":"No Room matches the given query."}`
)

func needs(scope string) string {
	return `{"detail":"Insufficient permissions. Required scope: ` + scope + `"}`
}
