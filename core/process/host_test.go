package process_test

import (
	"log/slog"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"foyer/core/accounts"
	"foyer/core/applications"
	"foyer/core/catalog"
	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/jobs"
	"foyer/core/moduletest"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
	"foyer/sdk/hostapi"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// place is the host of a module, and the database behind it.
type place struct {
	*testing.T
	module.Host
	store *store.Store
	jobs  *jobs.Client
	ada   store.User
}

// everywhere runs a test on both engines, with the host as modules in the
// gateway's process have it, and with the one that calls the gateway.
func everywhere(t *testing.T, test func(p *place)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		for _, where := range []string{"in process", "own process"} {
			t.Run(engine+", "+where, func(t *testing.T) {
				p := &place{T: t}
				p.open(engine == "PostgreSQL")
				p.Host = p.services().Host("probe")
				if where == "own process" {
					p.Host = remote(t, p.Host)
				}
				test(p)
			})
		}
	}
}

func (p *place) open(postgres bool) {
	p.Helper()
	cfg := config.Database{Dir: p.TempDir(), MaxConns: 4, ConnectTimeout: 20 * time.Second}
	if postgres {
		cfg.URL = conf.NewSecret(pgdev.New(p.T))
	}
	var err error
	p.store, err = store.Open(p.Context(), cfg)
	require.NoError(p.T, err)
	p.Cleanup(p.store.Close)
	require.NoError(p.T, p.store.Migrate(p.Context()))
	p.ada, err = p.store.CreateUser(p.Context(), store.User{Sub: new("ada"), Email: new("Ada@example.org"), IsActive: true})
	require.NoError(p.T, err)
}

// services are the gateway's, with a media server that is away.
func (p *place) services() catalog.Services {
	log := slog.New(slog.DiscardHandler)
	live := livekit.NewClient(module.LiveKit{URL: "ws://127.0.0.1:1", APIKey: "key", APISecret: conf.NewSecret("secret")})
	p.Cleanup(live.Close)
	telephony := config.Telephony{Enabled: true, PhoneNumber: "+33100000000", DefaultCountry: "FR", PINLength: 10, PINRetries: 5}
	values := documents.NewValues(p.store)
	writer := rooms.NewWriter(rooms.WriterOptions{
		Telephony: telephony, Store: p.store, Live: live, Log: log, Meetings: moduletest.Unwatched{Live: live},
		Metadata: livekit.NewMetadata(live, values.For("core.metadata")),
	})
	people := accounts.New(p.store, accounts.Rules{Provisional: true, WithSub: true, Language: "fr-fr"})
	kept, queue := p.queued()
	p.jobs = queue
	return catalog.Services{KV: values, Documents: kept, Parts: hostapi.Parts{
		Rooms: rooms.NewModuleReads(p.store), RoomWrites: rooms.NewModuleWrites(p.store, writer),
		Users: people.Users(), Accounts: people, Applications: applications.New(p.store), Log: log,
	}}
}

// silent logs and traces nothing.
type silent struct{}

func (silent) Log() *slog.Logger    { return slog.New(slog.DiscardHandler) }
func (silent) Tracer() trace.Tracer { return noop.NewTracerProvider().Tracer("") }

// remote is h over a connection as between the gateway and a module's process.
func remote(t testing.TB, h module.Host) module.Host {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(t.TempDir(), "s"))
	require.NoError(t, err)
	server := hostapi.NewServer(h)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() { server.Stop(); require.NoError(t, <-ended) })
	conn, err := grpc.NewClient("unix:"+l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return hostapi.NewClient(conn, silent{})
}

// application stores one with what change gives it.
func (p *place) application(clientID string, change func(*store.Application)) store.Application {
	p.Helper()
	a := store.Application{Name: clientID, ClientID: clientID, IsActive: true, Secrets: []store.ApplicationSecret{{Hash: "!"}}}
	if change != nil {
		change(&a)
	}
	a, err := p.store.CreateApplication(p.Context(), a)
	require.NoError(p.T, err)
	return a
}

// nobody is an id that no row has.
var nobody = uuid.MustParse("0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b99")
