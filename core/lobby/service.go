package lobby

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/core/livekit"
	"foyer/core/module"
	"foyer/core/module/conf"
	"foyer/core/rooms"
)

// Entrance issues the tokens to enter with; *rooms.Service does.
type Entrance interface {
	Enter(e rooms.Entrant) (*rooms.Entry, error)
}

// LiveRooms are the rooms that are live; *livekit.Client knows them.
type LiveRooms interface {
	ListRooms(ctx context.Context, names ...string) ([]livekit.Room, error)
	SendData(ctx context.Context, room string, data []byte) error
}

// Options are what New needs.
type Options struct {
	Lobby     config.Lobby
	BodyLimit int64       // bytes
	Key       conf.Secret // that replicas share; seals the ids of participants
	Rooms     rooms.Reader
	Entrance  Entrance
	Refusals  rooms.Refusals
	Queues    ephemeral.Queues
	Live      LiveRooms
	Log       *slog.Logger
}

// Service answers the routes of the lobby and cleans up after meetings.
type Service struct {
	cfg      config.Lobby
	limit    int64
	ids      identities
	finder   rooms.Finder
	entrance Entrance
	refusals rooms.Refusals
	queues   ephemeral.Queues
	live     LiveRooms
	log      *slog.Logger
}

// New makes the service.
func New(o Options) (*Service, error) {
	ids, err := newIdentities(o.Key)
	if err != nil {
		return nil, err
	}
	return &Service{
		cfg: o.Lobby, limit: o.BodyLimit, ids: ids, finder: rooms.NewFinder(o.Rooms), entrance: o.Entrance,
		refusals: o.Refusals, queues: o.Queues, live: o.Live, log: o.Log,
	}, nil
}

// Routes are the routes of the lobby. Roles are checked in the handlers: they
// depend on the room.
func (s *Service) Routes() []module.Route {
	const room = "/api/v1.0/rooms/:room/"
	return []module.Route{
		{Method: http.MethodPost, Path: room + "request-entry/", Access: module.SessionOptional, Limit: Scope, Handler: s.requestEntry},
		{Method: http.MethodPost, Path: room + "enter/", Access: module.Session, Handler: s.enter},
		{Method: http.MethodGet, Path: room + "waiting-participants/", Access: module.Session, Handler: s.list},
	}
}

// queue is the queue of a room.
func (s *Service) queue(room uuid.UUID) string { return s.cfg.KeyPrefix + ":" + room.String() }
