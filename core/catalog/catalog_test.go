package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"foyer/core/host"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/core/catalog"
	"foyer/flags"
	"foyer/sdk/conf"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// part is a module whose life cycle the test controls.
type part struct {
	name           string
	starts, stops  atomic.Int64
	fail           atomic.Bool
	text           string
	handle         http.HandlerFunc
	listen         func(context.Context, module.Event) error
	stopped        atomic.Bool
	invalid, panic bool
	host           module.Host
}

func (p *part) Name() string          { return p.name }
func (p *part) Config() conf.Section  { return p }
func (p *part) Fields(f *conf.Fields) { f.String("text", &p.text, "Some text.") }
func (p *part) Needs() module.Needs   { return module.Needs{} }
func (p *part) Events() []string      { return []string{"room_started"} }
func (p *part) Advertise() map[string]any {
	return map[string]any{"shared": map[string]any{p.name: p.text}, p.name: true}
}
func (p *part) Routes() []module.Route {
	return []module.Route{{Method: "GET", Path: "/" + p.name + "/", Access: module.Public, Handler: p.handle}}
}
func (p *part) Start(_ context.Context, h module.Host) error {
	p.starts.Add(1)
	p.stopped.Store(false)
	p.host = h
	if p.panic {
		panic("start")
	}
	if p.fail.Load() {
		return errors.New("no luck")
	}
	return nil
}
func (p *part) Stop(context.Context) error {
	p.stops.Add(1)
	p.stopped.Store(true)
	return nil
}
func (p *part) Validate() error {
	if p.invalid {
		return errors.Join(errors.New("text: wrong"), errors.New("text: very wrong"))
	}
	return nil
}
func (p *part) Listen(ctx context.Context, e module.Event) error {
	if p.listen == nil {
		return nil
	}
	return p.listen(ctx, e)
}

type switches struct {
	mu   sync.Mutex
	on   map[flags.Key]bool
	tell []func(flags.Key, bool)
}

func on(names ...flags.Key) *switches {
	s := &switches{on: map[flags.Key]bool{}}
	for _, n := range names {
		s.on[n] = true
	}
	return s
}

func (s *switches) On(k flags.Key) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on[k]
}

func (s *switches) OnChange(f func(flags.Key, bool)) { s.tell = append(s.tell, f) }

func (s *switches) set(k flags.Key, on bool) {
	s.mu.Lock()
	s.on[k] = on
	s.mu.Unlock()
	for _, f := range s.tell {
		f(k, on)
	}
}

func options(s *switches, parts ...*part) catalog.Options {
	o := catalog.Options{
		Flags: s, Log: slog.New(slog.DiscardHandler), Host: host.Services{Parts: hostapi.Parts{Log: slog.New(slog.DiscardHandler)}}.Host,
		Policy: catalog.Policy{FirstDelay: time.Millisecond, MaxDelay: 4 * time.Millisecond, Loud: 4, Drain: 100 * time.Millisecond},
	}
	for _, p := range parts {
		o.Modules = append(o.Modules, p)
		o.Sections = append(o.Sections, catalog.Section{Name: p.name, Raw: []byte("text: " + p.name + "\n")})
	}
	return o
}

func started(t *testing.T, o catalog.Options) *catalog.Catalog {
	c, err := catalog.New(o)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, c.Stop(context.Background())) })
	return c
}

func eventually(t *testing.T, f func() bool) {
	t.Helper()
	require.Eventually(t, f, 60*time.Second, time.Millisecond)
}

func TestStart_aborts_naming_the_module_and_stops_all(t *testing.T) {
	good, bad, wild, wrong := &part{name: "good"}, &part{name: "bad"}, &part{name: "wild", panic: true}, &part{name: "wrong", invalid: true}
	bad.fail.Store(true)
	c, err := catalog.New(options(on("good", "bad", "wild", "wrong"), good, bad, wild, wrong))
	require.NoError(t, err)
	err = c.Start(t.Context())
	require.ErrorContains(t, err, "module bad did not start: no luck")
	require.ErrorContains(t, err, "module wild did not start: panic: start")
	require.ErrorContains(t, err, "module wrong did not start: modules.wrong: text: wrong\nmodules.wrong: text: very wrong")
	for _, p := range []*part{good, bad, wild} {
		require.EqualValues(t, 1, p.starts.Load(), p.name)
		require.EqualValues(t, 1, p.stops.Load(), p.name)
	}
	require.Zero(t, wrong.starts.Load())
	require.NoError(t, c.Stop(t.Context()), "stop after a failed start")
}

func TestNew_reports_every_fault_of_built_in_sections(t *testing.T) {
	o := options(on(), &part{name: "a"}, &part{name: "b"})
	o.Sections[0].Raw, o.Sections[1].Raw = []byte("txet: x"), []byte("text: [1]")
	o.Sections = append(o.Sections, catalog.Section{Name: "c"})
	_, err := catalog.New(o)
	require.ErrorContains(t, err, "modules.a.txet: unknown key")
	require.ErrorContains(t, err, "modules.b.text")
	require.ErrorContains(t, err, "no built-in module is named c")
}

func TestSwitch_starts_and_stops_and_retries_a_failed_start(t *testing.T) {
	p, s := &part{name: "p"}, on()
	p.fail.Store(true)
	c := started(t, options(s, p))
	require.Empty(t, c.Check(t.Context()))
	require.Empty(t, c.For("room_started"))
	s.set("p", true)
	require.Equal(t, []string{"p"}, c.For("room_started"))
	eventually(t, func() bool { return p.starts.Load() == 2 })
	require.Error(t, c.Check(t.Context())["p"])
	p.fail.Store(false)
	eventually(t, func() bool { return c.Check(t.Context())["p"] == nil })
	require.Equal(t, p.starts.Load()-1, p.stops.Load(), "a failed start is followed by a stop")
	s.set("p", false)
	eventually(t, p.stopped.Load)
	require.ErrorIs(t, c.Deliver(t.Context(), "p", module.Event{}), module.ErrUnavailable)
}

func TestSupervisor_tries_for_ever_and_says_so_loudly(t *testing.T) {
	p, s := &part{name: "p"}, on()
	p.fail.Store(true)
	o := options(s, p)
	var lines locked
	o.Log = slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelError}))
	c := started(t, o)
	s.set("p", true)
	eventually(t, func() bool { return p.starts.Load() > 20 })
	require.NotContains(t, lines.String(), "failures=3", "it may pass")
	require.Contains(t, lines.String(), "module did not start: will be started again")
	require.Contains(t, lines.String(), "failures=4")
	require.Regexp(t, `^not running after \d+ failures in a row: unavailable\nno luck$`, c.Check(t.Context())["p"])

	p.fail.Store(false)
	eventually(t, func() bool { return c.Check(t.Context())["p"] == nil })
}

func TestRequest_waits_for_a_start_that_is_near(t *testing.T) {
	p, s := &part{name: "p", handle: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }}, on()
	p.fail.Store(true)
	o := options(s, p)
	o.Policy.Hold = time.Minute
	c := started(t, o)
	s.set("p", true)
	answers := make(chan int)
	for range 3 {
		go func() { answers <- serve(c, 0).Code }()
	}
	eventually(t, func() bool { return p.starts.Load() > 3 })
	p.fail.Store(false)
	for range 3 {
		require.Equal(t, http.StatusTeapot, <-answers)
	}

	p.fail.Store(true)
	s.set("p", false)
	eventually(t, p.stopped.Load)
	s.set("p", true)
	eventually(t, func() bool { return p.starts.Load() > 8 })
	go func() { answers <- serve(c, 0).Code }()
	s.set("p", false)
	require.Equal(t, http.StatusNotFound, <-answers, "it is not wanted any more")
}

func TestRequest_does_not_wait_for_what_is_far(t *testing.T) {
	p, s := &part{name: "p"}, on()
	p.fail.Store(true)
	o := options(s, p)
	o.Policy.FirstDelay, o.Policy.MaxDelay, o.Policy.Hold = time.Hour, time.Hour, time.Minute
	c := started(t, o)
	s.set("p", true)
	eventually(t, func() bool { return p.stops.Load() == 1 })
	a := serve(c, 0)
	require.Equal(t, http.StatusServiceUnavailable, a.Code)
	seconds, err := strconv.Atoi(a.Header().Get("Retry-After"))
	require.NoError(t, err)
	require.Greater(t, seconds, 3500)
	p.fail.Store(false)
	s.set("p", false)
	s.set("p", true) // an operator does not wait
	eventually(t, func() bool { return c.Check(t.Context())["p"] == nil })
}

func TestRequest_stops_waiting_after_a_while_or_with_its_client(t *testing.T) {
	p, s := &part{name: "p"}, on()
	p.fail.Store(true)
	o := options(s, p)
	o.Policy.Hold = 50 * time.Millisecond
	c := started(t, o)
	s.set("p", true)
	require.Equal(t, http.StatusServiceUnavailable, serve(c, 0).Code)

	o = options(s, &part{name: "p"})
	o.Policy.Hold = time.Hour
	c, err := catalog.New(o) // never started
	require.NoError(t, err)
	ctx, leave := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, leave)
	w := httptest.NewRecorder()
	c.Groups()[0].Routes[0].Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
}

type locked struct {
	mu sync.Mutex
	w  bytes.Buffer
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.String()
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// serve sends one request to the module's only route, past every gate.
func serve(c *catalog.Catalog, i int) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.Groups()[i].Routes[0].Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w
}

func TestStop_waits_for_requests_and_then_cuts_them_off(t *testing.T) {
	inside, release := make(chan struct{}, 2), make(chan struct{})
	p, s := &part{name: "p"}, on("p")
	p.handle = func(w http.ResponseWriter, r *http.Request) {
		inside <- struct{}{}
		status := http.StatusOK
		select {
		case <-release:
		case <-r.Context().Done():
			status = http.StatusServiceUnavailable
		}
		if p.stopped.Load() {
			status = http.StatusTeapot
		}
		w.WriteHeader(status)
	}
	o := options(s, p)
	o.Policy.Drain = time.Minute
	c := started(t, o)
	answers := make(chan int, 1)
	go func() { answers <- serve(c, 0).Code }()
	<-inside
	s.set("p", false)
	require.Never(t, p.stopped.Load, 30*time.Millisecond, time.Millisecond)
	require.Equal(t, http.StatusNotFound, serve(c, 0).Code, "one that passed the gate just before")
	close(release)
	require.Equal(t, http.StatusOK, <-answers)
	eventually(t, p.stopped.Load)

	release = make(chan struct{}) // never closed
	o = options(on("q"), &part{name: "q", handle: p.handle})
	p.stopped.Store(false)
	c, err := catalog.New(o)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context()))
	go func() { answers <- serve(c, 0).Code }()
	<-inside
	require.NoError(t, c.Stop(t.Context()))
	require.Equal(t, http.StatusServiceUnavailable, <-answers)
}

func TestDeliver_makes_a_panic_an_error(t *testing.T) {
	p := &part{name: "p", listen: func(context.Context, module.Event) error { panic("heard") }}
	c := started(t, options(on("p"), p))
	require.ErrorContains(t, c.Deliver(t.Context(), "p", module.Event{Name: "room_started"}), "panic: heard")
	require.ErrorContains(t, c.Work(t.Context(), "p", module.Job{Kind: "k"}), "the module does no jobs")
	require.ErrorContains(t, c.Work(t.Context(), "nobody", module.Job{Kind: "k"}), "no module is named nobody")
}

func TestAdvertise_merges_what_is_on(t *testing.T) {
	s := on("a", "b")
	c := started(t, options(s, &part{name: "a"}, &part{name: "b"}, &part{name: "c"}))
	require.Equal(t, map[string]any{"shared": map[string]any{"a": "a", "b": "b"}, "a": true, "b": true}, c.Advertise())
	c.Advertise()["shared"].(map[string]any)["a"] = "changed"
	require.Equal(t, "a", c.Advertise()["shared"].(map[string]any)["a"], "the answer is a copy")
	s.set("a", false)
	require.NotContains(t, c.Advertise(), "a")
}

func TestGrant_refuses_what_was_not_named(t *testing.T) {
	p := &part{name: "p"}
	started(t, options(on("p"), p))
	ctx, h := t.Context(), p.host
	_, err := h.Rooms().ByID(ctx, uuid.New())
	require.ErrorIs(t, err, module.ErrNotGranted)
	_, err = h.Rooms().Find(ctx, "x")
	require.ErrorIs(t, err, module.ErrNotGranted)
	_, err = h.Rooms().Role(ctx, uuid.New(), uuid.New())
	require.ErrorIs(t, err, module.ErrNotGranted)
	_, err = h.Users().ByID(ctx, uuid.New())
	require.ErrorIs(t, err, module.ErrNotGranted)
	require.ErrorIs(t, h.Mail().Enqueue(ctx, module.Message{}), module.ErrNotGranted)
	_, err = h.Mail().Brand(ctx)
	require.ErrorIs(t, err, module.ErrNotGranted)
	require.ErrorIs(t, h.Jobs().Enqueue(ctx, "k", nil, module.JobOptions{}), module.ErrNotGranted)
	_, err = h.KV().Get(ctx, "k")
	require.ErrorIs(t, err, module.ErrNotGranted)
	require.ErrorIs(t, h.KV().Put(ctx, "k", nil, 0), module.ErrNotGranted)
	_, err = h.KV().PutIfAbsent(ctx, "k", nil, 0)
	require.ErrorIs(t, err, module.ErrNotGranted)
	_, err = h.KV().DeleteIf(ctx, "k", nil)
	require.ErrorIs(t, err, module.ErrNotGranted)
	require.ErrorIs(t, h.KV().Delete(ctx, "k"), module.ErrNotGranted)
	require.False(t, h.Flags().Enabled(ctx, "k", uuid.New()))
	_, err = h.LiveKit()
	require.ErrorIs(t, err, module.ErrNotGranted)
}
