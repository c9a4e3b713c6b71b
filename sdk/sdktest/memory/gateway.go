package memory

import (
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace/noop"

	"foyer/sdk/hostapi"
	"foyer/sdk/module"
)

// Gateway keeps everything in memory. It is safe for concurrent use.
type Gateway struct {
	options Options

	mu        sync.Mutex // guards everything below
	ahead     time.Duration
	documents map[string]map[string]document // by namespace and key
	tasks     []*task
	events    []module.Event
	listeners map[string][]string // names of events, by module
	rooms     map[uuid.UUID]*room
	meetings  map[uuid.UUID]map[string]json.RawMessage // metadata of live rooms
	away      bool                                     // the media server
	users     map[uuid.UUID]*user
	apps      map[uuid.UUID]*module.Application
	revoked   map[string]bool
	audit     []module.AuditEntry
	flags     map[flagOf]bool
	mail      []sent
	buckets   map[bucket]time.Time // when they will be empty

	recordings map[uuid.UUID]*recording
	processes  map[string]string // results of the external service, by job
	files      map[string]bool   // in the bucket
}

// New makes a gateway with nobody in it.
func New(o Options) *Gateway {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Gateway{
		options:   o,
		documents: map[string]map[string]document{},
		listeners: map[string][]string{},
		rooms:     map[uuid.UUID]*room{},
		meetings:  map[uuid.UUID]map[string]json.RawMessage{},
		users:     map[uuid.UUID]*user{},
		apps:      map[uuid.UUID]*module.Application{},
		revoked:   map[string]bool{},
		flags:     map[flagOf]bool{},
		buckets:   map[bucket]time.Time{},

		recordings: map[uuid.UUID]*recording{},
		processes:  map[string]string{},
		files:      map[string]bool{},
	}
}

// Host returns a host with every service for the module of that name.
func (g *Gateway) Host(moduleName string) module.Host {
	return hostapi.Parts{
		Rooms: rooms{g}, RoomWrites: roomWrites{g, moduleName}, Users: users{g}, Accounts: accounts{g, moduleName},
		Applications: applications{g}, Documents: documents{g, moduleName}, KV: values{g, moduleName}, Jobs: jobs{g, moduleName},
		Flags: flags{g}, Mail: mail{g, moduleName}, Throttle: throttle{g, moduleName}, Metadata: metadata{g},
		Recordings: recordings{g, moduleName},
		LiveKit:    &g.options.LiveKit, Storage: &g.options.Storage,
		Log: g.options.Log.With("module", moduleName), Tracer: noop.NewTracerProvider().Tracer("foyer/modules/" + moduleName),
	}.Host()
}

// Granted returns a host that grants the module what it needs and refuses
// everything else, as the gateway does.
func (g *Gateway) Granted(m module.Module) module.Host {
	return hostapi.Grant(g.Host(m.Name()), m.Needs())
}

// Advance moves the clock forward at once: what ends by then has ended, and jobs
// that waited for it are due.
func (g *Gateway) Advance(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ahead += d
}

// Now is the time at the gateway, UTC.
func (g *Gateway) Now() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now()
}

// now is Now for callers that hold the lock, in microseconds as the gateway keeps
// times.
func (g *Gateway) now() time.Time { return stamp(time.Now().Add(g.ahead)) }

// stamp gives a time the gateway's precision and zone.
func stamp(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
