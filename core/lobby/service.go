package lobby

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/core/guests"
	"foyer/core/meetings"
	"foyer/core/rooms"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// Entrance issues tokens for entering rooms; *rooms.Service does.
type Entrance interface {
	Enter(e rooms.Entrant) (*rooms.Entry, error)
}

// Meetings knows who was let in and who was removed; *meetings.Meetings does.
type Meetings interface {
	Standing(ctx context.Context, room uuid.UUID, identity string) (meetings.Standing, error)
	// StandingByEntry finds somebody by the id they waited under.
	StandingByEntry(ctx context.Context, room uuid.UUID, entry string) (meetings.Standing, error)
	// Admit fails with meetings.ErrRemoved for those who were removed.
	Admit(ctx context.Context, room uuid.UUID, a meetings.Admission) error
	Asked(ctx context.Context, room uuid.UUID, s meetings.Standing) error
	Dismiss(ctx context.Context, room uuid.UUID, identity string) error
}

// LiveRooms are the rooms that are live; *livekit.Client knows them.
type LiveRooms interface {
	ListRooms(ctx context.Context, names ...string) ([]livekit.Room, error)
	SendData(ctx context.Context, room string, data []byte) error
}

// Options are what New needs.
type Options struct {
	Lobby     config.Lobby
	BodyLimit int64 // bytes
	Guests    *guests.Guests
	Rooms     rooms.Reader
	Entrance  Entrance
	Meetings  Meetings
	Queues    ephemeral.Queues
	Values    ephemeral.Values   // which meetings were notified of people waiting, across all replicas
	Throttle  ephemeral.Throttle // of AddressScope
	Live      LiveRooms
	Log       *slog.Logger
}

// Service answers the routes of the lobby and cleans up after meetings.
type Service struct {
	cfg      config.Lobby
	limit    int64
	guests   *guests.Guests
	finder   rooms.Finder
	entrance Entrance
	meetings Meetings
	queues   ephemeral.Queues
	throttle ephemeral.Throttle
	notices  *notices
	log      *slog.Logger
	now      func() time.Time
}

// New returns the service; call Close when done.
func New(o Options) *Service {
	return &Service{
		cfg: o.Lobby, limit: o.BodyLimit, guests: o.Guests, finder: rooms.NewFinder(o.Rooms), entrance: o.Entrance,
		meetings: o.Meetings, queues: o.Queues, throttle: o.Throttle, log: o.Log, now: time.Now,
		notices: newNotices(o.Live, o.Values, o.Lobby.NotificationType, o.Log),
	}
}

// Close stops notices about people who wait.
func (s *Service) Close() { s.notices.close() }

// Routes returns the routes of the lobby. Roles are checked in the handlers,
// because they depend on the room.
func (s *Service) Routes() []module.Route {
	const room = "/api/v1.0/rooms/:room/"
	return []module.Route{
		{Method: http.MethodPost, Path: room + "request-entry/", Access: module.SessionOptional, Limit: Scope, Handler: http.HandlerFunc(s.requestEntry)},
		{Method: http.MethodPost, Path: room + "enter/", Access: module.Session, Handler: http.HandlerFunc(s.enter)},
		{Method: http.MethodGet, Path: room + "waiting-participants/", Access: module.Session, Handler: http.HandlerFunc(s.list)},
	}
}

// queue is the name of a room's queue.
func (s *Service) queue(room uuid.UUID) string { return s.cfg.KeyPrefix + ":" + room.String() }
