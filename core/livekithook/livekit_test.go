package livekithook_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/events"
	"foyer/core/jobs"
	"foyer/core/livekithook"
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// patience is how long a test waits for what has to happen.
const patience = 60 * time.Second

// listener is a module that listens to everything; it holds each event until it may go
// on.
type listener struct {
	got     chan module.Event
	release chan struct{}
}

func (listener) For(string) []string { return []string{"sip"} }

func (listener) Work(context.Context, string, module.Job) error { return nil }

func (l listener) Deliver(ctx context.Context, _ string, e module.Event) error {
	l.got <- e
	select {
	case <-l.release:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// answers records how each webhook was answered, by raw body.
type answers struct {
	mu     sync.Mutex
	status map[string]int
}

func (a *answers) record(c *gin.Context) {
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	c.Next()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status[string(body)] = c.Writer.Status()
}

func (a *answers) to(body []byte) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.status[string(body)]
}

// This runs the real server against a real handler, database and queue.
func TestLiveKit_posts_are_answered_before_listeners_have_finished(t *testing.T) {
	ctx := context.Background()
	s, err := store.Open(ctx, config.Database{Dir: t.TempDir(), MaxConns: 4, ConnectTimeout: 5 * time.Second})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Migrate(ctx))
	slow := listener{got: make(chan module.Event, 64), release: make(chan struct{})}
	quiet := slog.New(slog.DiscardHandler)
	queue, err := jobs.New(s, config.Jobs{Workers: 8, MaxAttempts: 5, Timeout: time.Minute}, slow, quiet)
	require.NoError(t, err)
	require.NoError(t, queue.Migrate(ctx))
	require.NoError(t, queue.Start(ctx))
	t.Cleanup(func() { require.NoError(t, queue.Stop(ctx)) })

	cfg := settings()
	cfg.APIKey, cfg.APISecret = livekitdev.DevKey, conf.NewSecret(livekitdev.DevSecret)
	receiver := livekithook.New(cfg, events.New(s, queue, slow), quiet)
	seen := &answers{status: map[string]int{}}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(seen.record)
	for _, r := range receiver.Routes() {
		engine.Handle(r.Method, r.Path, gin.WrapH(r.Handler))
	}
	gateway := httptest.NewServer(engine)
	t.Cleanup(gateway.Close)
	srv := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{gateway.URL + livekithook.Path}})

	token, err := livekit.NewTokens(srv.Key, conf.NewSecret(srv.Secret)).Issue(livekit.TokenRequest{
		Room: uuidRoom, Identity: "ada@example.org", Name: "Ada", Role: "owner", Authenticated: true,
		Sources: []string{"camera", "microphone"}, TTL: time.Hour,
	})
	require.NoError(t, err)
	room := srv.JoinT(t, token, nil)
	require.Equal(t, livekit.Color("ada@example.org"), room.LocalParticipant.Attributes()["color"])

	want := map[string]bool{"room_started": true, "participant_joined": true}
	var held []module.Event
	for len(want) > 0 {
		e := await(t, slow.got)
		require.Equal(t, uuidRoom, e.Room)
		require.Regexp(t, "^EV_", e.ID)
		parsed, err := livekit.ParseEvent(e.Body)
		require.NoError(t, err)
		require.Equal(t, e.Name, parsed.GetEvent())
		delete(want, e.Name)
		held = append(held, e)
	}
	for _, e := range held { // no listener has been released yet
		require.Eventually(t, func() bool { return seen.to(e.Body) == http.StatusOK }, patience, 5*time.Millisecond, e.Name)
	}
	close(slow.release)

	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	require.NoError(t, c.DeleteRoom(ctx, uuidRoom))
	for {
		if e := await(t, slow.got); e.Name == "room_finished" {
			require.Equal(t, uuidRoom, e.Room)
			break
		}
	}
	room.Disconnect()
}

func await(t *testing.T, ch <-chan module.Event) module.Event {
	t.Helper()
	select {
	case e := <-ch:
		return e
	case <-time.After(patience):
		require.FailNow(t, "no event was delivered in time")
		return module.Event{}
	}
}

func TestReceive_stops_reading_at_the_limit(t *testing.T) {
	var bus recorder
	gateway := httptest.NewServer(router(livekithook.New(settings(), &bus, slog.New(slog.DiscardHandler))))
	t.Cleanup(gateway.Close)
	var read atomic.Int64 // the transport reads in a goroutine that may outlive the answer
	endless := readerFunc(func(p []byte) (int, error) {
		if read.Add(int64(len(p))) > 64<<20 {
			return 0, io.EOF // the server has read far too much
		}
		return len(p), nil
	})
	req, err := http.NewRequest(http.MethodPost, gateway.URL+livekithook.Path, endless)
	require.NoError(t, err)
	req.Header.Set("Authorization", "x")
	if resp, err := http.DefaultClient.Do(req); err == nil { // otherwise the connection is closed on the sender
		require.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
	}
	require.Less(t, read.Load(), int64(32<<20))
	require.Empty(t, bus.events)
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestRoutes_are_one_public_post(t *testing.T) {
	routes := livekithook.New(settings(), &recorder{}, slog.New(slog.DiscardHandler)).Routes()
	require.Len(t, routes, 1)
	require.Equal(t, "POST /api/v1.0/rooms/webhooks-livekit/", routes[0].Method+" "+routes[0].Path)
	require.Equal(t, module.Public, routes[0].Access)
	require.Empty(t, routes[0].Flag)
}
