package coretest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/core/telemetry"
	"foyer/internal/dev/livekitdev"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/oidcdev"
	"foyer/modules/recording"
	"foyer/modules/subtitles"
	"foyer/modules/summary"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// House is the whole gateway with a sign-in provider, and a second connection to its
// database.
type House struct {
	*testing.T
	App      *core.App
	Config   *config.Config
	Provider *oidcdev.Provider
	Store    *store.Store // the second connection
	URL      string       // without a slash at the end
	Logs     *Logs
	// modules returns those of the program.
	modules func() []module.Module
}

// Setting changes a house's configuration before it is opened.
type Setting = func(*testing.T, *config.Config)

// Engines are the databases that every test of the house runs on, migrated.
var Engines = map[string]Setting{
	"sqlite":   func(t *testing.T, c *config.Config) { c.Database.Dir = migrated.SQLiteT(t) },
	"postgres": onPostgres,
}

func onPostgres(t *testing.T, c *config.Config) {
	c.Database.Dir = t.TempDir() // for generated secrets
	c.Database.URL = conf.NewSecret(migrated.PostgresT(t))
}

// OnBoth runs a test on both engines, at once.
func OnBoth(t *testing.T, test func(t *testing.T, engine Setting)) {
	for name, engine := range Engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, engine)
		})
	}
}

// Modules makes the modules of the house: those whose routes are part of the core's API.
func Modules() []module.Module {
	return []module.Module{recording.New(), subtitles.New(), summary.New()}
}

// SwitchedOn is what the house has on: everything that needs no server. Mail goes
// nowhere.
var SwitchedOn = []string{
	"GATEWAY_MODULES__SUBTITLES__ENABLED=true", "GATEWAY_MODULES__SUBTITLES__TIMEOUT=2m", "GATEWAY_MODULES__RECORDING__ENABLED=true",
	"GATEWAY_MODULES__RECORDING__STORAGE_HOOK__ENABLED=true", "GATEWAY_MODULES__RECORDING__STORAGE_HOOK__TOKEN=notices",
	"GATEWAY_MODULES__SUMMARY__ENABLED=true", "GATEWAY_MODULES__SUMMARY__WEBHOOK_API_TOKEN=results",
	"GATEWAY_DIAGNOSTICS__CONNECTION_TEST=true",
	"GATEWAY_MAIL__BACKEND=none", "GATEWAY_MAIL__BASE_URL=https://meet.example.org",
}

// People may sign in: the demo's three, a stranger, somebody without an e-mail address,
// and users with odd subjects.
func People() []oidcdev.User {
	return append(append(oidcdev.DemoUsers(), oddPeople()...),
		oidcdev.User{Sub: "mary", Email: "mary@example.org", GivenName: "Mary", FamilyName: "Quay"},
		oidcdev.User{Sub: "zoe", GivenName: "Zoë\r\nBcc: evil@example.org", FamilyName: "Hill"})
}

// How long, and how often, the tests wait for things that take their own time.
const (
	WaitLong  = 60 * time.Second
	WaitShort = 5 * time.Millisecond
	// Slow is a time-out that not even a busy machine reaches.
	Slow = 30 * time.Second
)

// The media server's key and secret, whether one answers or not.
const (
	MediaKey    = livekitdev.DevKey
	MediaSecret = livekitdev.DevSecret
)

// Open starts the house; it ends with the test, which fails if anything secret was
// logged. Unless change says otherwise, nothing answers at the media server's address,
// and all of SwitchedOn is on.
func Open(t *testing.T, change ...Setting) *House {
	t.Helper()
	return OpenWith(t, Modules, SwitchedOn, change...)
}

// OpenWith is Open for a program with other modules.
func OpenWith(t *testing.T, modules func() []module.Module, environ []string, change ...Setting) *House {
	t.Helper()
	h := &House{T: t, Provider: oidcdev.StartT(t, oidcdev.Options{Users: People()}), Logs: &Logs{}, modules: modules}
	cfg, _, err := config.Load(config.Source{Modules: modules, Environ: environ})
	require.NoError(t, err)
	h.Config = cfg
	cfg.HTTP.Addr, cfg.Telemetry.MetricsAddr, cfg.HTTP.DrainTimeout = "127.0.0.1:0", "", Slow
	cfg.Database.ConnectTimeout, cfg.OIDC.Timeout = Slow, Slow
	cfg.OIDC.ClientKey, cfg.OIDC.ClientAuth = clientKey(), oidcdev.ByPost
	cfg.LiveKit.URL, cfg.LiveKit.APIKey, cfg.LiveKit.APISecret = "ws://127.0.0.1:1", MediaKey, conf.NewSecret(MediaSecret)
	for _, c := range change {
		c(t, cfg)
	}
	if cfg.OIDC.Issuer == "" {
		cfg.OIDC.Issuer, cfg.OIDC.ClientID, cfg.OIDC.ClientSecret = h.Provider.Issuer, h.Provider.ClientID, conf.NewSecret(h.Provider.Secret)
	}
	h.run()
	h.Store, err = store.Open(t.Context(), cfg.Database)
	require.NoError(t, err)
	t.Cleanup(h.Store.Close)
	return h
}

// clientKey is a key that the house could sign in with at the provider, so that it
// serves the route with its public half.
var clientKey = sync.OnceValue(func() conf.Secret {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return conf.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
})

// run starts the gateway, which must exit without an error.
func (h *House) run() {
	h.Helper()
	ctx, stop := context.WithCancel(context.Background())
	h.Config.Telemetry.LogLevel = "debug"
	asServed, err := telemetry.NewLogger(h.Config.Telemetry, h.Logs)
	require.NoError(h, err)
	unfiltered := slog.NewTextHandler(h.Logs, &slog.HandlerOptions{Level: slog.LevelDebug})
	log := slog.New(slog.NewMultiHandler(asServed.Handler(), unfiltered))
	app, err := core.New(ctx, core.Options{Config: h.Config, Modules: h.modules, Log: log, Version: "test"})
	if err != nil {
		stop()
		require.NoError(h, err)
	}
	h.App, h.URL = app, "http://"+app.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx) }()
	h.Cleanup(func() {
		stop()
		require.NoError(h, <-ended)
		h.Logs.check(h.T, h.Provider, h.Config)
	})
	require.Eventually(h, func() bool {
		resp, err := http.Get(h.URL + "/__heartbeat__")
		return err == nil && resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
	}, WaitLong, WaitShort)
}

// Media connects a media server.
func Media(s *livekitdev.Server) Setting {
	return func(_ *testing.T, c *config.Config) {
		c.LiveKit.URL, c.LiveKit.APIKey, c.LiveKit.APISecret = s.URL, s.Key, conf.NewSecret(s.Secret)
	}
}
