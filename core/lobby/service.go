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

// Entrance issues the tokens to enter with; *rooms.Service does.
type Entrance interface {
	Enter(e rooms.Entrant) (*rooms.Entry, error)
}

// Meetings know whom they have let in, and who was removed; *meetings.Meetings
// does.
type Meetings interface {
	Standing(ctx context.Context, room uuid.UUID, identity string) (meetings.Standing, error)
	// StandingByEntry finds whoever waited under an id.
	StandingByEntry(ctx context.Context, room uuid.UUID, entry string) (meetings.Standing, error)
	// Admit is meetings.ErrRemoved for those who were removed.
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
	Values    ephemeral.Values   // who has told a meeting of those who wait, over all replicas
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

// New makes the service, which is to be closed.
func New(o Options) *Service {
	return &Service{
		cfg: o.Lobby, limit: o.BodyLimit, guests: o.Guests, finder: rooms.NewFinder(o.Rooms), entrance: o.Entrance,
		meetings: o.Meetings, queues: o.Queues, throttle: o.Throttle, log: o.Log, now: time.Now,
		notices: newNotices(o.Live, o.Values, o.Lobby.NotificationType, o.Log),
	}
}

// Close tells nobody any more of those who wait.
func (s *Service) Close() { s.notices.close() }

// Routes are the routes of the lobby. Roles are checked in the handlers: they
// depend on the room.
func (s *Service) Routes() []module.Route {
	const room = "/api/v1.0/rooms/:room/"
	return []module.Route{
		{Method: http.MethodPost, Path: room + "request-entry/", Access: module.SessionOptional, Limit: Scope, Handler: http.HandlerFunc(s.requestEntry)},
		{Method: http.MethodPost, Path: room + "enter/", Access: module.Session, Handler: http.HandlerFunc(s.enter)},
		{Method: http.MethodGet, Path: room + "waiting-participants/", Access: module.Session, Handler: http.HandlerFunc(s.list)},
	}
}

// queue is the queue of a room.
func (s *Service) queue(room uuid.UUID) string { return s.cfg.KeyPrefix + ":" + room.String() }
