package moduletest

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"foyer/core/host"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/accounts"
	"foyer/core/applications"
	"foyer/core/bearer/verifier"
	"foyer/core/catalog"
	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/ephemeral"
	"foyer/core/httpx"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/flags"
	"foyer/sdk/conf"
	"foyer/sdk/hostapi"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
)

// Case is a module and what it is tested with.
type Case struct {
	New       func() module.Module
	Binary    *Binary              // run this instead of New; Start only
	Config    string               // the module's section as YAML, "" = its defaults
	Beside    []Other              // modules in the same gateway
	Flags     []flags.Key          // switched on in addition to the module's own
	LiveKit   module.LiveKit       // granted by the host
	Store     *store.Store         // nil = an empty SQLite database
	Telephony config.Telephony     // settings of new rooms
	Accounts  accounts.Rules       // which accounts the module may create
	Throttle  ephemeral.Throttle   // what the module itself counts by; nil = no limits
	Storage   module.Storage       // granted by the host; the zero value = a bucket that nobody serves
	Mail      host.Of[module.Mail] // nil = Gateway.Outbox
	Log       *slog.Logger         // nil = Log
	// Recordings is the core's section; without a folder its defaults apply.
	Recordings config.Recordings
	// Requests must be answered alike in both placements. Each is sent once to a
	// module that has just been started.
	Requests []Request
	// Prepare fills the store before the module starts; nil = nothing.
	Prepare func(ctx context.Context, s *store.Store) error
	// NoPublicURL leaves http.public_url unset; otherwise it is the gateway's
	// address.
	NoPublicURL bool
	Policy      catalog.Policy
	Traces      wire.Traces // where a separate process sends its spans
}

// bucket is not served by anybody: modules only sign for it.
var bucket = module.Storage{Endpoint: "http://127.0.0.1:1", Bucket: "media", AccessKey: "key", SecretKey: conf.NewSecret("secret")}

// Other is a module next to the one being tested. It runs in the gateway's
// process and is always on, configured as given.
type Other struct {
	New    func() module.Module
	Config string
}

// Binary is an external module, as in the configuration.
type Binary struct{ Name, Path, SHA256 string }

// Request is one call by one caller.
type Request struct {
	Method, Path string
	Body         string
	Header       http.Header
	Caller       *module.Caller // whom the guard admits; nil = nobody in particular
}

// slowLaunch is for test binaries: they contain much more than a module, and
// share the machine with other tests.
const slowLaunch = 60 * time.Second

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header // without Date and X-Request-Id, which differ each time
	Body   string
}

// Gateway is one module behind the gateway's catalog and HTTP pipeline.
type Gateway struct {
	URL     string
	Catalog *catalog.Catalog
	Store   *store.Store
	Guard   *Guard
	Outbox  *Outbox // messages of the module

	name    string
	module  module.Module // nil for a Binary
	gate    *gate
	durable *durable // nil for a module that does not need it
	edge    *httptest.Server
	http    config.HTTP
	router  atomic.Pointer[http.Handler]
	dir     string
}

// Start runs the module, switched on with the switches of its configuration,
// until the test ends; process selects the placement.
func Start(t testing.TB, c Case, process bool) *Gateway {
	t.Helper()
	g := prepare(t, c, process)
	g.Switch(true)
	for key, on := range g.switches() {
		g.SwitchFlag(key, on)
	}
	require.NoError(t, g.Catalog.Start(t.Context()))
	require.NoError(t, g.durable.start(t.Context()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), slowLaunch)
		defer cancel()
		require.NoError(t, g.durable.stop(ctx))
		require.NoError(t, g.Catalog.Stop(ctx))
		left, err := os.ReadDir(g.dir)
		require.NoError(t, err)
		require.Empty(t, left, "directories of sockets are left")
	})
	return g
}

// prepare returns a gateway whose module is switched off and not started.
func prepare(t testing.TB, c Case, process bool) *Gateway {
	t.Helper()
	log := cmp.Or(c.Log, Log(t))
	g := &Gateway{Store: c.Store, Guard: &Guard{}, Outbox: &Outbox{}, gate: &gate{on: map[flags.Key]bool{}}}
	var builtin []module.Module
	var sections []catalog.Section
	if c.Policy.Launch == 0 {
		c.Policy.Launch, c.Policy.Start = slowLaunch, slowLaunch
	}
	section := catalog.Section{Process: process, Raw: []byte(c.Config)}
	if b := c.Binary; b != nil {
		section.Name, section.Path, section.SHA256 = b.Name, b.Path, b.SHA256
	} else {
		g.module = c.New()
		section.Name, builtin = g.module.Name(), []module.Module{g.module}
	}
	g.name, sections = section.Name, append(sections, section)
	for _, k := range c.Flags {
		g.gate.on[k] = true
	}
	for _, other := range c.Beside {
		m := other.New()
		builtin, sections = append(builtin, m), append(sections, catalog.Section{Name: m.Name(), Raw: []byte(other.Config)})
		g.gate.on[flags.Key(m.Name())] = true
	}
	if g.Store == nil {
		g.Store = emptyStore(t)
	}
	if c.Prepare != nil {
		require.NoError(t, c.Prepare(t.Context(), g.Store))
	}
	var err error
	g.dir, err = os.MkdirTemp("", "mt") // short, because sockets are below
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(g.dir) })
	services := servicesOf(t, c, g.Store, log)
	if services.Mail = c.Mail; c.Mail == nil {
		services.Mail = g.Outbox
	}
	g.Catalog, err = catalog.New(catalog.Options{
		Modules: builtin, Flags: g.gate, Log: log, Dir: g.dir, Policy: c.Policy, Traces: c.Traces,
		Sections: sections,
		Host:     func(name string) module.Host { return services.Host(name) },
	})
	require.NoError(t, err)
	for _, m := range builtin {
		if m != g.module {
			maps.Copy(g.gate.on, switchesOf(m))
		}
	}
	if g.module != nil && needsDurable(g.module.Needs()) {
		g.durable, err = openDurable(t.Context(), g.Store, g.Catalog, g.name, &services, c.Recordings, log)
		require.NoError(t, err)
	}
	tokens, err := verifier.Open(builtin, services.Host, func(name string) bool { return g.gate.On(flags.Key(name)) })
	require.NoError(t, err)
	t.Cleanup(tokens.Close)
	g.Guard.open(t, g.Store, g.Catalog, c.LiveKit, tokens)
	g.edge = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*g.router.Load()).ServeHTTP(w, r)
	}))
	t.Cleanup(g.edge.Close)
	g.URL = "http://" + g.edge.Listener.Addr().String()
	if !c.NoPublicURL {
		g.http.PublicURL = g.URL
	}
	g.Catalog.Claim(nil)
	require.NoError(t, g.build(log))
	g.Catalog.OnRoutesChanged(func() {
		if err := g.build(log); err != nil {
			t.Error(err)
		}
	})
	g.edge.Start()
	g.edge.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return g
}

func (g *Gateway) build(log *slog.Logger) error {
	h, err := httpx.Build(httpx.Options{HTTP: g.http, Guard: g.Guard, Limiter: g.Guard, Gate: g.gate, Log: log}, g.Catalog.Groups()...)
	if err != nil {
		return err
	}
	g.router.Store(&h)
	return nil
}

// Switch sets the module's flag.
func (g *Gateway) Switch(on bool) { g.SwitchFlag(flags.Key(g.name), on) }

// SwitchFlag sets another flag.
func (g *Gateway) SwitchFlag(key flags.Key, on bool) { g.gate.set(key, on) }

// switches are the module's additional switches, as configured.
func (g *Gateway) switches() map[flags.Key]bool { return switchesOf(g.module) }

func switchesOf(m module.Module) map[flags.Key]bool {
	all := map[flags.Key]bool{}
	if s, ok := m.(module.Switcher); ok {
		for _, x := range s.Switches() {
			all[x.Flag] = x.On
		}
	}
	return all
}

// Send makes the call and reads the whole answer, within a minute.
func (g *Gateway) Send(t testing.TB, r Request) Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slowLaunch)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, r.Method, g.URL+r.Path, strings.NewReader(r.Body))
	require.NoError(t, err)
	for k, v := range r.Header {
		req.Header[k] = v
	}
	req.Host = req.Header.Get("Host")
	if r.Caller != nil {
		req.Header.Set(callerHeader, encodeCaller(t, *r.Caller))
	}
	resp, err := g.edge.Client().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	resp.Header.Del("Date")
	resp.Header.Del("X-Request-Id")
	host := strings.TrimPrefix(g.URL, "http://")
	if to := resp.Header.Get("Location"); to != "" {
		resp.Header.Set("Location", strings.NewReplacer(host, "HOST", url.QueryEscape(host), "HOST").Replace(to))
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: strings.ReplaceAll(string(body), host, "HOST")}
}

// servicesOf are those that need no jobs; the media server is the case's.
func servicesOf(t testing.TB, c Case, s *store.Store, log *slog.Logger) host.Services {
	live := livekit.NewClient(c.LiveKit)
	t.Cleanup(live.Close)
	values, people, storage := documents.NewValues(s), accounts.New(s, c.Accounts), cmp.Or(c.Storage, bucket)
	if c.Throttle == nil {
		c.Throttle = ephemeral.NewThrottle(nil, time.Now)
	}
	writer := rooms.NewWriter(rooms.WriterOptions{
		Telephony: c.Telephony, Store: s, Live: live, Log: log, Meetings: Unwatched{live},
		Metadata: livekit.NewMetadata(live, values.For("core.metadata")),
	})
	return host.Services{
		Parts: hostapi.Parts{
			Rooms: rooms.NewModuleReads(s), RoomWrites: rooms.NewModuleWrites(s, writer), Users: people.Users(), Accounts: people,
			Applications: applications.New(s, applications.Rules{}), LiveKit: &c.LiveKit, Storage: &storage, Log: log,
		},
		KV: values, Throttle: ephemeral.Modules{Throttle: c.Throttle},
	}
}

// Unwatched are meetings that nobody looks after: the suite's gateway has no
// topics of the core, whose jobs end them and put people out.
type Unwatched struct{ Live *livekit.Client }

// DeletedTx ends the meeting at once, and only tries: the core's job would retry.
func (u Unwatched) DeletedTx(ctx context.Context, _ *store.Tx, room uuid.UUID) error {
	_ = u.Live.DeleteRoom(ctx, room.String())
	return nil
}

func (Unwatched) ClosedTx(context.Context, *store.Tx, uuid.UUID) error { return nil }

// Log sends warnings and errors to the test's own log.
func Log(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	_, err := w.t.Output().Write(p)
	return len(p), err
}
