package rooms_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/accounts"
	"foyer/core/auth"
	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/guests"
	"foyer/core/httpx"
	"foyer/core/meetings"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/core/users"
	"foyer/flags"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/oidcdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
	"foyer/sdk/roomname"
)

const (
	apiKey    = "devkey"
	apiSecret = "devsecret-of-thirty-two-characters"
)

// world is a gateway of rooms and accounts on a real store, with real sign-in.
type world struct {
	*testing.T
	cfg     *config.Config
	st      *store.Store
	live    media
	told    told
	wrap    func(*store.Store) rooms.WriterStore // nil = the store itself
	made    *rooms.Writer
	op      *oidcdev.Provider
	url     string
	logs    *logs
	clients map[string]*client
}

// onBoth runs a test in a world on each engine.
func onBoth(t *testing.T, test func(w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(newWorld(t, nil)) })
	t.Run("postgres", func(t *testing.T) {
		test(newWorld(t, func(w *world) { w.cfg.Database.URL = conf.NewSecret(migrated.PostgresT(t)) }))
	})
}

func newWorld(t *testing.T, change func(w *world)) *world {
	t.Helper()
	w := &world{T: t, cfg: config.Default(), logs: &logs{}, clients: map[string]*client{}}
	w.op = oidcdev.StartT(t, oidcdev.Options{Users: append(oidcdev.DemoUsers(), oidcdev.User{Sub: "edith", Email: "edith@example.org"})})
	w.cfg.Database.Dir = migrated.SQLiteT(t)
	w.cfg.OIDC.Issuer, w.cfg.OIDC.ClientID, w.cfg.OIDC.ClientSecret = w.op.Issuer, w.op.ClientID, conf.NewSecret(w.op.Secret)
	w.cfg.OIDC.Timeout = 30 * time.Second
	w.cfg.OIDC.LoginURL, w.cfg.OIDC.FailureURL = "/in", "/out"
	w.cfg.LiveKit.URL, w.cfg.LiveKit.APIKey, w.cfg.LiveKit.APISecret = "wss://media.example.org", apiKey, conf.NewSecret(apiSecret)
	if change != nil {
		change(w)
	}
	w.open()
	return w
}

// open starts the gateway.
func (w *world) open() {
	w.Helper()
	ctx := context.Background()
	var err error
	w.st, err = store.Open(ctx, w.cfg.Database)
	require.NoError(w.T, err)
	w.Cleanup(w.st.Close)
	require.NoError(w.T, w.st.Migrate(ctx))
	if w.live == nil {
		c := livekit.NewClient(module.LiveKit{URL: closedPort(w.T), APIKey: apiKey, APISecret: conf.NewSecret(apiSecret)})
		w.Cleanup(c.Close)
		w.live = c
	}
	log := slog.New(slog.NewTextHandler(w.logs, nil))
	a, err := auth.New(auth.Options{
		OIDC: w.cfg.OIDC, Session: w.cfg.Session, HTTP: w.cfg.HTTP, Key: conf.NewSecret("a key for tests, long enough to seal"),
		Users: accounts.New(w.st, accounts.Rules{}), Sessions: w.st, Rooms: rooms.NewFinder(w.st), Language: w.cfg.Users.Language, Log: log,
	})
	require.NoError(w.T, err)
	w.Cleanup(a.Close)
	var kept rooms.WriterStore = w.st
	if w.wrap != nil {
		kept = w.wrap(w.st)
	}
	w.made = rooms.NewWriter(rooms.WriterOptions{Telephony: w.cfg.Telephony, Store: kept,
		Metadata: livekit.NewMetadata(w.live, documents.NewValues(w.st).For("core.metadata")), Live: w.live, Meetings: &w.told, Log: log})
	service := rooms.New(rooms.Options{
		Rooms: w.cfg.Rooms, LiveKit: w.cfg.LiveKit, BodyLimit: w.cfg.HTTP.BodyLimit,
		Store: w.st, Tokens: livekit.NewTokens(w.cfg.LiveKit.APIKey, w.cfg.LiveKit.APISecret),
		Writer:   w.made,
		Refusals: meetings.New(meetings.Options{Store: w.st, RemovedFor: w.cfg.Meetings.RemovedFor}), Guests: known(w.T),
		Callbacks: rooms.KVCallbacks{KV: w.st, TTL: w.cfg.Rooms.CallbackTTL}, Log: log,
	})
	handler, err := httpx.Build(httpx.Options{HTTP: w.cfg.HTTP, Guard: a, Gate: allOff{}, Log: log},
		httpx.Group{Routes: a.Routes()}, httpx.Group{Routes: service.Routes()}, httpx.Group{Routes: users.New(users.Options{}).Routes()})
	require.NoError(w.T, err)
	w.made.Reserve(append(a.Routes(), service.Routes()...))
	srv := httptest.NewServer(handler)
	w.Cleanup(srv.Close)
	w.url = srv.URL
}

// media is the media server as rooms see it.
type media interface {
	livekit.LiveRooms
	rooms.Live
}

// told implements rooms.Meetings and records what it is told; with err it fails.
type told struct {
	deleted, closed []uuid.UUID
	err             error
}

func (t *told) DeletedTx(_ context.Context, _ *store.Tx, room uuid.UUID) error {
	t.deleted = append(t.deleted, room)
	return t.err
}

func (t *told) ClosedTx(_ context.Context, _ *store.Tx, room uuid.UUID) error {
	t.closed = append(t.closed, room)
	return t.err
}

// known returns a maker of guest ids.
func known(t testing.TB) *guests.Guests {
	g, err := guests.New(conf.NewSecret("a key"))
	require.NoError(t, err)
	return g
}

type allOff struct{}

func (allOff) On(flags.Key) bool { return false }

// closedPort is an address at which nothing listens.
func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return "http://" + l.Addr().String()
}

// logs is a log that several goroutines may write to.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// client is somebody with a browser.
type client struct {
	*http.Client
	w    *world
	user store.User // zero = anonymous
	csrf string
}

// anonymous returns a browser without a session.
func (w *world) anonymous() *client {
	tr := &http.Transport{}
	w.Cleanup(tr.CloseIdleConnections)
	return &client{w: w, Client: &http.Client{Transport: tr, Timeout: 20 * time.Second}}
}

// as returns an account's browser, which is signed in when first used.
func (w *world) as(sub string) *client {
	w.Helper()
	if c := w.clients[sub]; c != nil {
		return c
	}
	c := w.anonymous()
	jar, err := cookiejar.New(nil)
	require.NoError(w.T, err)
	c.Jar = jar
	c.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/in" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	resp, err := c.Get(w.url + "/api/v1.0/authenticate/?login_hint=" + sub)
	require.NoError(w.T, err)
	_ = resp.Body.Close()
	require.Equal(w.T, "/in", resp.Header.Get("Location"))
	home, err := url.Parse(w.url)
	require.NoError(w.T, err)
	for _, ck := range jar.Cookies(home) {
		if ck.Name == "csrftoken" {
			c.csrf = ck.Value
		}
	}
	c.user, err = w.st.UserBySub(context.Background(), sub)
	require.NoError(w.T, err)
	w.clients[sub] = c
	return c
}

// answer is a response whose body has been read.
type answer struct {
	*http.Response
	body string
}

// object returns the answer as a JSON object.
func (a answer) object(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &m), a.body)
	return m
}

// do sends a request with a JSON body, "" for none.
func (c *client) do(method, path, text string) answer {
	return c.send(method, path, "application/json", text)
}

func (c *client) get(path string) answer { return c.do("GET", path, "") }

func (c *client) send(method, path, kind, text string) answer {
	c.w.Helper()
	r, err := http.NewRequest(method, c.w.url+"/api/v1.0/"+path, strings.NewReader(text))
	require.NoError(c.w.T, err)
	if text != "" {
		r.Header.Set("Content-Type", kind)
	}
	if c.csrf != "" {
		r.Header.Set("X-CSRFToken", c.csrf)
	}
	resp, err := c.Do(r)
	require.NoError(c.w.T, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(c.w.T, err)
	return answer{resp, string(b)}
}

// room stores a room that grace owns.
func (w *world) room(name, level string, more ...func(*store.Room)) store.Room {
	w.Helper()
	r := store.Room{Name: name, Slug: roomname.Slug(name), AccessLevel: level}
	for _, f := range more {
		f(&r)
	}
	r, err := w.st.CreateRoom(context.Background(), r, w.as("grace").user.ID)
	require.NoError(w.T, err)
	return r
}

// grant gives an account a role.
func (w *world) grant(room store.Room, sub string, role store.Role) {
	w.Helper()
	user := w.as(sub).user.ID
	const text = `INSERT INTO meet_resource_access (id, created_at, updated_at, role, resource_id, user_id) VALUES ($1, $2, $3, $4, $5, $6)`
	now := time.Now().UTC().Truncate(time.Microsecond)
	args := []any{uuid.New(), now, now, role, room.ID, user}
	err := w.st.InTx(context.Background(), func(tx *store.Tx) (err error) {
		if tx.Pgx() != nil {
			_, err = tx.Pgx().Exec(context.Background(), text, args...)
			return err
		}
		_, err = tx.SQL().Exec(text, args...)
		return err
	})
	require.NoError(w.T, err)
}

func (w *world) stored(id uuid.UUID) store.Room {
	w.Helper()
	r, err := w.st.RoomByID(context.Background(), id, uuid.Nil)
	require.NoError(w.T, err)
	return r.Room
}

// keys returns the sorted keys of an object.
func keys(m map[string]any) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}

// claims verifies the token of a room object and returns its payload.
func claims(t *testing.T, m map[string]any) map[string]any {
	t.Helper()
	lk, ok := m["livekit"].(map[string]any)
	require.True(t, ok, "no livekit in %v", m)
	token, ok := lk["token"].(string)
	require.True(t, ok)
	_, err := livekit.NewVerifier(apiKey, conf.NewSecret(apiSecret)).Verify(token)
	require.NoError(t, err)
	payload, err := decodeSegment(strings.Split(token, ".")[1])
	require.NoError(t, err)
	var c map[string]any
	require.NoError(t, json.Unmarshal(payload, &c))
	return c
}
