package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"foyer/core/accounts"
	"foyer/core/auth"
	"foyer/core/bearer/verifier"
	"foyer/core/catalog"
	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/ephemeral"
	"foyer/core/events"
	"foyer/core/footprint"
	"foyer/core/guests"
	"foyer/core/httpx"
	"foyer/core/jobs"
	"foyer/core/lobby"
	"foyer/core/mail"
	"foyer/core/meetings"
	"foyer/core/recordings"
	"foyer/core/rooms"
	"foyer/core/settings"
	"foyer/core/store"
	"foyer/core/telemetry"
	"foyer/core/topics"
	"foyer/flags"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
	"foyer/sdk/openapi"
)

// Options are what New needs.
type Options struct {
	Config *config.Config
	// Modules makes fresh instances of the built-in modules.
	Modules func() []module.Module
	Log     *slog.Logger
	// Version is the program's version, shown at /__version__ and in traces.
	Version string
	// Command starts a built-in module in a process of its own; nil runs this
	// binary with "module NAME".
	Command func(name string) (string, []string)
}

// App is the gateway, assembled and listening but not yet answering. Call Run to
// answer requests; if Run is never called, Close releases everything.
type App struct {
	cfg        *config.Config
	log        *slog.Logger
	version    string
	listener   net.Listener
	store      *store.Store
	people     accounts.Service
	shared     *ephemeral.Store // what may be lost: counters, one-time values, queues
	jobs       *jobs.Client
	catalog    *catalog.Catalog
	topics     *topics.Registry
	static     *flags.Static
	gates      *flags.Gates
	guests     *guests.Guests
	meetings   *meetings.Meetings
	auth       *auth.Auth
	bearers    *verifier.Verifier
	values     documents.Values
	live       *livekit.Client
	metadata   *livekit.Metadata
	writer     *rooms.Writer
	events     *events.Bus
	recordings *recordings.Service
	mail       *mail.Service
	lobby      *lobby.Service
	settings   *settings.Settings
	document   *openapi.Document
	server     *httpx.Server
	core       []module.Route
	options    httpx.Options

	// undo is what New opened, in order; Close runs it backwards.
	undo []func(context.Context) error
}

// New opens the listeners, the database and all parts, in that order. On a
// configuration error or a port in use it leaves nothing behind and returns
// ErrUnusable.
func New(ctx context.Context, o Options) (*App, error) {
	a := &App{cfg: o.Config, log: o.Log, version: o.Version}
	for _, step := range []func(context.Context, Options) error{
		a.listen, a.observe, a.openStore, a.openEphemeral, a.openFlags, a.openModules, a.openTopics, a.openServer,
	} {
		if err := step(ctx, o); err != nil {
			return nil, errors.Join(err, a.Close(ctx))
		}
	}
	return a, nil
}

// Addr is the address the gateway listens on.
func (a *App) Addr() net.Addr { return a.listener.Addr() }

// Handler answers requests as Run does, without the listener.
func (a *App) Handler() http.Handler { return a.server }

// Close releases everything New opened, in reverse order.
func (a *App) Close(ctx context.Context) error {
	var errs []error
	for i := len(a.undo) - 1; i >= 0; i-- {
		errs = append(errs, a.undo[i](ctx))
	}
	a.undo = nil
	return errors.Join(errs...)
}

func (a *App) later(f func(context.Context) error) { a.undo = append(a.undo, f) }

// settleTime is how long after the start everything has settled, the queue
// included.
const settleTime = 2 * time.Second

// stopTime is what modules and jobs get to end once requests have drained; jobs
// get jobsTime of it before they are cancelled.
const (
	stopTime = 18 * time.Second
	jobsTime = 8 * time.Second
)

// handover is how long to wait for a gateway that is ending, where two cannot
// share a database: the time of an orderly stop, jobs included.
const handover = 10 * time.Second

// Run starts the modules and the jobs and answers requests until ctx ends; then
// it drains requests, stops everything in reverse order and closes.
func (a *App) Run(ctx context.Context) error {
	err := a.run(ctx)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	a.mail.Interrupt()
	// Jobs run in modules, so they end first, or each would lose an attempt.
	patience, over := context.WithTimeout(end, jobsTime)
	defer over()
	return errors.Join(err, a.jobs.Stop(patience), a.catalog.Stop(end), a.Close(end))
}

func (a *App) run(ctx context.Context) error {
	if err := a.catalog.Start(ctx); err != nil {
		return err
	}
	if err := a.rebuild(); err != nil { // external modules have now told their routes
		return err
	}
	if err := a.jobs.Start(ctx); err != nil {
		return err
	}
	var settling sync.WaitGroup
	defer settling.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	settling.Go(func() { a.settle(ctx) })
	defer context.AfterFunc(ctx, a.catalog.Hurry)()
	a.log.InfoContext(ctx, "listening", "addr", a.Addr().String(), "version", a.version)
	return a.server.Serve(ctx, a.listener)
}

// settle does what can wait until after the first answer, and keeps running until
// ctx ends whatever must go on regardless of the database.
func (a *App) settle(ctx context.Context) {
	select {
	case <-time.After(settleTime):
	case <-ctx.Done():
		return
	}
	if err := footprint.Release(); err != nil {
		a.log.DebugContext(ctx, "memory of the start not given back", "error", err)
	}
	a.meetings.Keep(ctx)
}

// Apply adopts what can change in a running gateway: the flags, and with them
// which modules are on. Everything else needs a restart.
func (a *App) Apply(cfg *config.Config) {
	values := cfg.FlagValues()
	a.gates.SetDefaults(values)
	a.static.Update(values)
	a.gates.Refresh(context.Background())
	if rest := a.cfg.NeedRestart(cfg); len(rest) > 0 {
		a.log.Warn("settings were changed that are read at start only: restart to apply them", "settings", rest)
	}
}

// Migrate brings the database of cfg to the version of this program.
func Migrate(ctx context.Context, cfg *config.Config, log *slog.Logger) error {
	s, err := store.Open(ctx, cfg.Database, store.WithLog(log))
	if err != nil {
		return err
	}
	defer s.Close()
	return migrate(ctx, s, cfg, log)
}

func migrate(ctx context.Context, s *store.Store, cfg *config.Config, log *slog.Logger) error {
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	j, err := jobs.New(s, cfg.Jobs, nil, log)
	if err != nil {
		return err
	}
	if err := j.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	return nil
}

// check reports an error if there is anything to migrate.
func check(ctx context.Context, s *store.Store, cfg *config.Config, log *slog.Logger) error {
	if err := s.Check(ctx); err != nil {
		return err
	}
	j, err := jobs.New(s, cfg.Jobs, nil, log)
	if err != nil {
		return err
	}
	return j.Check(ctx)
}

// listen opens the ports first, so that nothing is touched if one is taken.
func (a *App) listen(ctx context.Context, _ Options) error {
	l, err := httpx.Listen(ctx, a.cfg.HTTP.Addr, "http.addr")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	a.listener = l
	a.later(func(context.Context) error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return nil
}

func (a *App) observe(ctx context.Context, _ Options) error {
	stopTraces, err := telemetry.SetupTraces(ctx, a.cfg.Telemetry, "foyer-gateway", a.version)
	if err != nil {
		return err
	}
	a.later(stopTraces)
	if a.cfg.Telemetry.MetricsAddr == "" {
		return nil
	}
	l, err := httpx.Listen(ctx, a.cfg.Telemetry.MetricsAddr, "telemetry.metrics_addr")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	m, err := telemetry.SetupMetrics()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- m.Serve(serving, l) }()
	a.later(func(ctx context.Context) error {
		stop()
		return errors.Join(<-done, m.Shutdown(ctx))
	})
	return nil
}
