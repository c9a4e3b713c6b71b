package process_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/accounts"
	"foyer/core/applications"
	"foyer/core/catalog"
	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/events"
	"foyer/core/jobs"
	"foyer/core/moduletest"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
	"foyer/sdk/hostapi"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
	"foyer/sdk/sdktest/hostsuite"
)

// place is the services of a gateway, and the database behind them.
type place struct {
	*testing.T
	store    *store.Store
	jobs     *jobs.Client
	services catalog.Services
}

func open(t *testing.T, postgres bool) *place {
	t.Helper()
	p := &place{T: t}
	cfg := config.Database{Dir: t.TempDir(), MaxConns: 4, ConnectTimeout: 20 * time.Second}
	if postgres {
		cfg.URL = conf.NewSecret(pgdev.New(t))
	}
	var err error
	p.store, err = store.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(p.store.Close)
	require.NoError(t, p.store.Migrate(t.Context()))
	p.serve()
	return p
}

// listener is who works on jobs and listens to what the suite emits: nobody does
// either here, they stay where they are stored.
type listener struct{ jobs.Runner }

func (listener) For(event string) []string {
	if event == hostsuite.Event {
		return []string{hostsuite.Listener}
	}
	return nil
}

// serve makes the gateway's services, with a media server that is away.
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
	p.services = catalog.Services{
		KV: values, Jobs: p.jobs, Documents: documents.New(p.store, p.jobs, events.New(p.store, p.jobs, listener{})),
		Parts: hostapi.Parts{
			Rooms: rooms.NewModuleReads(p.store), RoomWrites: rooms.NewModuleWrites(p.store, writer),
			Users: people.Users(), Accounts: people, Applications: applications.New(p.store, applications.Rules{}), Log: log,
		},
	}
}

// Host is hostsuite.Place.
func (p *place) Host(moduleName string) module.Host { return p.services.Host(moduleName) }

// Stored is hostsuite.Place.
func (p *place) Stored() (list []string) {
	p.Helper()
	all, err := p.jobs.List(p.Context(), jobs.Filter{Limit: 1000})
	require.NoError(p.T, err)
	for _, j := range all {
		list = append(list, j.Topic+" "+j.Kind)
	}
	return list
}
