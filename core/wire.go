package core

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"

	"foyer/core/host"

	"foyer/core/accesses"
	"foyer/core/accounts"
	"foyer/core/applications"
	"foyer/core/auth"
	"foyer/core/catalog"
	"foyer/core/config"
	"foyer/core/diagnostics"
	"foyer/core/documents"
	"foyer/core/ephemeral"
	"foyer/core/events"
	"foyer/core/guests"
	"foyer/core/httpx"
	"foyer/core/invitations"
	"foyer/core/jobs"
	"foyer/core/livekithook"
	"foyer/core/lobby"
	"foyer/core/mail"
	"foyer/core/meetings"
	"foyer/core/participants"
	"foyer/core/recordings"
	"foyer/core/rooms"
	"foyer/core/settings"
	"foyer/core/store"
	"foyer/core/topics"
	"foyer/core/users"
	"foyer/flags"
	"foyer/sdk/hostapi"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
	"foyer/sdk/objectstore"
	"foyer/sdk/plugin/wire"
)

func (a *App) openStore(ctx context.Context, _ Options) error {
	warnings, err := a.cfg.EnsureSecrets()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	for _, w := range warnings {
		a.log.Warn("configuration", "warning", w.String())
	}
	if a.store, err = store.Open(ctx, a.cfg.Database, store.WithLog(a.log), store.ForServing(handover)); err != nil {
		return err
	}
	a.later(func(context.Context) error { a.store.Close(); return nil })
	if a.cfg.Database.AutoMigrate {
		return migrate(ctx, a.store, a.cfg, a.log)
	}
	return check(ctx, a.store, a.cfg, a.log)
}

// openEphemeral opens what replicas share in Redis, or keeps it in memory.
func (a *App) openEphemeral(_ context.Context, _ Options) error {
	rates, err := a.cfg.Throttles.Rates()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	a.shared, err = ephemeral.Open(ephemeral.Options{Redis: a.cfg.Redis, Rates: rates, Log: a.log})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	a.later(func(context.Context) error { return a.shared.Close() })
	return nil
}

func (a *App) openFlags(ctx context.Context, _ Options) (err error) {
	values := a.cfg.FlagValues()
	a.static = flags.NewStatic(values)
	if a.gates, err = flags.NewGates(ctx, a.static, values, a.log); err != nil {
		return err
	}
	a.later(a.gates.Close)
	return nil
}

// openModules builds the catalog and the jobs, which know each other: jobs run in
// modules, and modules enqueue jobs. The core's own topics join in openTopics.
func (a *App) openModules(_ context.Context, o Options) (err error) {
	a.live = livekit.NewClient(a.mediaServer(), livekit.WithTimeout(a.cfg.LiveKit.Timeout))
	a.later(func(context.Context) error { a.live.Close(); return nil })
	a.values = documents.NewValues(a.store)
	a.metadata = livekit.NewMetadata(a.live, a.values.For("core.metadata"))
	a.people = accounts.New(a.store, accountRules(a.cfg))
	lk, storage := a.mediaServer(), a.cfg.Storage.Module()
	services := host.Services{
		Parts: hostapi.Parts{
			Rooms: rooms.NewModuleReads(a.store), Users: a.people.Users(), Accounts: a.people, Applications: applications.New(a.store, applications.Rules{}),
			Metadata: a.metadata, LiveKit: &lk, Storage: &storage, Log: a.log,
		},
		KV: a.values, Throttle: ephemeral.Modules{Throttle: a.shared.Throttle}, Flags: a.gates,
	}
	builtin := o.Modules()
	a.catalog, err = catalog.New(catalog.Options{
		Modules: builtin, Sections: catalog.Sections(a.cfg), Flags: a.gates,
		Host: func(name string) module.Host { return services.Host(name) },
		Log:  a.log, Command: o.Command,
		Traces: wire.Traces{OTLPEndpoint: a.cfg.Telemetry.OTLPEndpoint, SampleRatio: a.cfg.Telemetry.SampleRatio},
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	a.topics = topics.New(a.catalog)
	a.jobs, err = jobs.New(a.store, a.cfg.Jobs, a.topics, a.log, append(queues(a.cfg), jobs.While(a.topics.Works),
		jobs.WithEventRetention(a.cfg.LiveKit.EventRetention), jobs.WithAuditRetention(a.cfg.Audit.Retention))...)
	if err != nil {
		return err
	}
	a.events = events.New(a.store, a.jobs, a.topics)
	a.store.Tell(a.events)
	files, err := objectstore.New(a.cfg.Storage.Module())
	if err != nil {
		return fmt.Errorf("%w: storage: %w", ErrUnusable, err)
	}
	kept := documents.New(a.store, a.jobs, a.events)
	a.recordings = recordings.New(recordings.Options{
		Recordings: a.cfg.Recordings, Store: a.store, Then: kept, Files: files,
	})
	if err := a.openMeetings(); err != nil {
		return err
	}
	a.mail, err = mail.New(mail.Options{Mail: a.cfg.Mail, Store: a.store, Jobs: a.jobs, Log: a.log})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	services.Jobs, services.Documents, services.Recordings, services.Mail = a.jobs, kept, a.recordings, a.mail
	services.RoomWrites = rooms.NewModuleWrites(a.store, a.writer)
	a.openBearers(builtin, services.Host)
	return nil
}

// openMeetings builds what decides who may be in meetings and what writes their
// rooms.
func (a *App) openMeetings() (err error) {
	cfg := a.cfg
	if a.guests, err = guests.New(cfg.Secrets.Key); err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	a.meetings = meetings.New(meetings.Options{
		Store: a.store, Jobs: a.jobs, Live: a.live, Events: a.events, Guests: a.guests, TokenTTL: cfg.LiveKit.TokenTTL,
		RemovedFor: cfg.Meetings.RemovedFor, AdmittedFor: cfg.Lobby.AcceptedTimeout, Grace: cfg.Lobby.Grace,
		WatchEvery: cfg.Meetings.WatchEvery, Log: a.log,
	})
	a.writer = rooms.NewWriter(rooms.WriterOptions{
		Telephony: cfg.Telephony, Store: a.store, Metadata: a.metadata, Live: a.live, Meetings: a.meetings, Log: a.log,
	})
	return nil
}

// accountRules are the rules by which sign-in and modules create accounts, and
// what an account may hold.
func accountRules(cfg *config.Config) accounts.Rules {
	return accounts.Rules{
		Provisional: cfg.OIDC.EmailFallback && !cfg.OIDC.SubImmutable, WithSub: cfg.OIDC.CreateUser,
		Language: cfg.Users.Language, Languages: cfg.Users.Languages,
	}
}

// mediaServer is the LiveKit server as the gateway and its modules see it.
func (a *App) mediaServer() module.LiveKit {
	lk := a.cfg.LiveKit
	url := lk.InternalURL
	if url == "" {
		url = lk.URL
	}
	return module.LiveKit{URL: url, APIKey: lk.APIKey, APISecret: lk.APISecret, VerifyTLS: lk.VerifyTLS}
}

// openTopics builds the core's own topics and collects their routes.
func (a *App) openTopics(_ context.Context, _ Options) (err error) {
	cfg := a.cfg
	a.auth, err = auth.New(auth.Options{
		OIDC: cfg.OIDC, Session: cfg.Session, HTTP: cfg.HTTP, Key: cfg.Secrets.Key, Users: a.people, Sessions: a.store,
		Tokens: livekit.NewVerifier(cfg.LiveKit.APIKey, cfg.LiveKit.APISecret), Meetings: a.meetings, Rooms: rooms.NewFinder(a.store),
		Secrets: a.catalog.Secret, Bearers: a.bearers, Language: cfg.Users.Language, Log: a.log,
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	a.later(func(context.Context) error { a.auth.Close(); return nil })
	room := rooms.New(rooms.Options{
		Rooms: cfg.Rooms, LiveKit: cfg.LiveKit, BodyLimit: cfg.HTTP.BodyLimit,
		Store: a.store, Tokens: livekit.NewTokens(cfg.LiveKit.APIKey, cfg.LiveKit.APISecret), Writer: a.writer,
		Refusals: a.meetings, Guests: a.guests,
		Callbacks: rooms.KVCallbacks{KV: a.store, TTL: cfg.Rooms.CallbackTTL}, Log: a.log,
	})
	a.lobby = lobby.New(lobby.Options{
		Lobby: cfg.Lobby, BodyLimit: cfg.HTTP.BodyLimit, Guests: a.guests, Rooms: a.store, Entrance: room, Meetings: a.meetings,
		Queues: a.shared.Queues, Values: a.shared.Values, Throttle: a.shared.Throttle, Live: a.live, Log: a.log,
	})
	a.later(func(context.Context) error { a.lobby.Close(); return nil })
	accounts := users.New(users.Options{Users: cfg.Users, BodyLimit: cfg.HTTP.BodyLimit, Store: a.store, Accounts: a.people})
	access := accesses.New(accesses.Options{BodyLimit: cfg.HTTP.BodyLimit, Store: a.store})
	people := participants.New(participants.Options{
		BodyLimit: cfg.HTTP.BodyLimit, Forbidden: cfg.Meetings.ForbiddenPermissions, Store: a.store, Live: a.live,
		Rights: livekit.NewRights(a.live, a.values.For("core.rights")), Refuser: a.meetings, Lobby: a.lobby, Log: a.log,
	})
	hooks := livekithook.New(cfg.LiveKit, a.events, a.log)
	tests := diagnostics.New(diagnostics.Options{
		Diagnostics: cfg.Diagnostics, Prefix: cfg.LiveKit.TestRoomPrefix, Entrance: room, Live: a.live, Jobs: a.jobs, Flags: a.gates,
	})
	invite, err := invitations.New(invitations.Options{
		Users: cfg.Users, BodyLimit: cfg.HTTP.BodyLimit, Rooms: rooms.NewFinder(a.store), Mail: a.mail.For("core.invitations"),
	})
	if err != nil {
		return err
	}
	a.settings = settings.New(cfg, a.log, tests, a.catalog)
	a.openDocument()
	a.gates.OnChange(func(flags.Key, bool) { a.settings.Invalidate(); a.document.Invalidate(); a.jobs.Refresh() })
	for _, routes := range [][]module.Route{
		a.auth.Routes(), a.settings.Routes(), accounts.Routes(), room.Routes(), a.lobby.Routes(), access.Routes(),
		people.Routes(), hooks.Routes(),
		a.recordings.Routes(), a.document.Routes(), a.rootRoutes(), invite.Routes(), tests.Routes(),
	} {
		a.core = append(a.core, routes...)
	}
	return a.topics.Add(a.mail, tests, a.lobby, a.meetings, a.events.Relay())
}

func (a *App) openServer(_ context.Context, _ Options) error {
	version, err := a.versionAnswer()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	a.options = httpx.Options{
		HTTP: a.cfg.HTTP, Guard: a.auth, Limiter: a.shared.Throttle, Gate: a.gates, Log: a.log,
		LimitKeys: map[string]httpx.LimitKey{rooms.CallbackScope: httpx.Guests, lobby.Scope: a.lobby.LimitKey},
		Health:    &httpx.Health{Ready: a.store.Ping, Degraded: a.degraded, Version: version},
	}
	a.claimRoutes()
	handler, err := a.router()
	if err != nil {
		return err
	}
	a.server = httpx.NewServer(a.cfg.HTTP, handler, a.log)
	a.catalog.OnRoutesChanged(func() {
		a.settings.Invalidate()
		a.document.Invalidate()
		a.jobs.Refresh()
		if err := a.rebuild(); err != nil {
			a.log.Error("the routes of a module cannot be served: the old ones stay", "error", err)
		}
	})
	return nil
}

// claimRoutes has the modules claim their routes alongside the gateway's own.
func (a *App) claimRoutes() {
	a.catalog.Claim(slices.Concat(a.core, httpx.HealthRoutes()))
}

func (a *App) groups() []httpx.Group {
	return append([]httpx.Group{{Routes: a.core}}, a.catalog.Groups()...)
}

// rebuild swaps in a router of the routes as they are now.
func (a *App) rebuild() error {
	handler, err := a.router()
	if err != nil {
		return err
	}
	a.server.Swap(handler)
	return nil
}

// router serves the routes as they are now; no new room may take one of their
// names.
func (a *App) router() (http.Handler, error) {
	groups := a.groups()
	var all []module.Route
	for _, g := range groups {
		all = append(all, g.Routes...)
	}
	a.writer.Reserve(all)
	return httpx.Build(a.options, groups...)
}

// degraded names the modules that are on but not working, and Redis and the
// database when they refuse writes.
func (a *App) degraded(ctx context.Context) map[string]error {
	sick := a.catalog.Check(ctx)
	for name, err := range sick {
		if err == nil {
			delete(sick, name)
		}
	}
	if err := a.shared.Check(ctx); err != nil {
		sick["redis"] = err
	}
	if err := a.store.Writable(ctx); err != nil {
		sick["database"] = err
	}
	return sick
}

// versionAnswer is the configured file, or what the build knows about itself.
func (a *App) versionAnswer() (json.RawMessage, error) {
	if a.cfg.HTTP.VersionFile != "" {
		return a.cfg.HTTP.Version()
	}
	about := map[string]string{"version": a.version}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				about["commit"] = s.Value
			}
		}
	}
	return json.Marshal(about)
}

// queues keep mail and modules apart, so that a peer that does not answer delays
// only its own jobs.
func queues(cfg *config.Config) []jobs.Option {
	list := []jobs.Option{jobs.WithQueue(mail.Topic, cfg.Mail.Workers)}
	for _, s := range catalog.Sections(cfg) {
		list = append(list, jobs.WithQueue(s.Name, cfg.Jobs.Workers))
	}
	return list
}
