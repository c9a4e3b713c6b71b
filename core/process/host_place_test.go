package process_test

import (
	"log/slog"
	"testing"
	"time"

	"foyer/core/host"

	"github.com/stretchr/testify/require"

	"foyer/core/accounts"
	"foyer/core/applications"
	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/ephemeral"
	"foyer/core/events"
	"foyer/core/jobs"
	"foyer/core/mail"
	"foyer/core/moduletest"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/flags"
	"foyer/internal/dev/migrated"
	"foyer/sdk/conf"
	"foyer/sdk/hostapi"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
	"foyer/sdk/sdktest/hostsuite"
)

// place is a gateway's services, and the database behind them.
type place struct {
	*testing.T
	store    *store.Store
	jobs     *jobs.Client
	services host.Services
	provider *flags.Static
	flags    map[flags.Key]bool
}

func open(t *testing.T, postgres bool) *place {
	t.Helper()
	p := &place{T: t}
	cfg := config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 20 * time.Second}
	if postgres {
		cfg.URL = conf.NewSecret(migrated.PostgresT(t))
	}
	var err error
	p.store, err = store.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(p.store.Close)
	require.NoError(t, p.store.Migrate(t.Context()))
	p.serve()
	return p
}

// listener would work on jobs and listen to what the suite emits; here nothing does, so
// both stay where they are stored.
type listener struct{ jobs.Runner }

func (listener) For(event string) []string {
	if event == hostsuite.Event {
		return []string{hostsuite.Listener}
	}
	return nil
}

// serve builds the gateway's services, with a media server that is down.
func (p *place) serve() {
	p.Helper()
	log := slog.New(slog.DiscardHandler)
	var err error
	p.jobs, err = jobs.New(p.store, config.Default().Jobs, listener{}, log)
	require.NoError(p.T, err)
	require.NoError(p.T, p.jobs.Migrate(p.Context()))
	live := livekit.NewClient(module.LiveKit{URL: "ws://127.0.0.1:1", APIKey: "key", APISecret: conf.NewSecret("secret")})
	p.Cleanup(live.Close)
	values := documents.NewValues(p.store)
	writer := rooms.NewWriter(rooms.WriterOptions{
		Telephony: config.Telephony{Enabled: true, PhoneNumber: "+33100000000", DefaultCountry: "FR", PINLength: 10, PINRetries: 5},
		Store:     p.store, Live: live, Log: log, Meetings: moduletest.Unwatched{Live: live},
		Metadata: livekit.NewMetadata(live, values.For("core.metadata")),
	})
	people := accounts.New(p.store, accounts.Rules{Provisional: true, WithSub: true, Language: "fr-fr"})
	kept := documents.New(p.store, p.jobs, events.New(p.store, p.jobs, listener{}))
	p.services = host.Services{
		KV: values, Jobs: p.jobs, Documents: kept, Recordings: p.recordings(kept), Mail: p.mail(), Flags: p.gates(),
		Throttle: ephemeral.Modules{Throttle: ephemeral.NewThrottle(map[string]config.Rate{hostsuite.Scope: {Count: 2, Period: time.Hour}}, time.Now)},
		Parts: hostapi.Parts{
			Rooms: rooms.NewModuleReads(p.store), RoomWrites: rooms.NewModuleWrites(p.store, writer),
			Users: people.Users(), Accounts: people, Applications: applications.New(p.store, applications.Rules{}), Log: log,
		},
	}
}

func (p *place) Host(moduleName string) module.Host { return p.services.Host(moduleName) }

func (p *place) Stored() (list []string) {
	p.Helper()
	for _, j := range p.all(jobs.Filter{Limit: 1000}) {
		if j.Topic != mail.Topic {
			list = append(list, j.Topic+" "+j.Kind)
		}
	}
	return list
}

func (p *place) Messages() int {
	p.Helper()
	return len(p.all(jobs.Filter{Limit: 1000, Topic: mail.Topic}))
}

func (p *place) all(f jobs.Filter) []jobs.Job {
	p.Helper()
	list, err := p.jobs.List(p.Context(), f)
	require.NoError(p.T, err)
	return list
}
