package diagnostics

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/auth"
	"foyer/core/config"
	"foyer/core/rooms"
	"foyer/flags"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Scope is the throttle of the connection test: per account or, without one, per
// address, counted once (core-rest.md 12).
const Scope = "connection_test"

// displayName is the name of a test's participants, as far as the instance lets
// people choose their names.
const displayName = "Connection Test"

// Entrance issues tokens for entering rooms; *rooms.Service does.
type Entrance interface {
	Enter(e rooms.Entrant) (*rooms.Entry, error)
}

// LiveRooms are the rooms that are live; *livekit.Client ends them.
type LiveRooms interface {
	DeleteRoom(ctx context.Context, room string) error
}

// Jobs stores jobs; *jobs.Client does.
type Jobs interface {
	Enqueue(ctx context.Context, topic, kind string, args any, o module.JobOptions) error
}

// Flags reports whether the test is on; *flags.Gates does.
type Flags interface{ On(key flags.Key) bool }

// Options are what New needs.
type Options struct {
	Diagnostics config.Diagnostics
	Prefix      string // of the names of rooms
	Entrance    Entrance
	Live        LiveRooms
	Jobs        Jobs
	Flags       Flags
}

// Service answers the route of the connection test and ends its rooms.
type Service struct{ o Options }

// New returns the service.
func New(o Options) *Service { return &Service{o} }

// Routes returns the one route.
func (s *Service) Routes() []module.Route {
	return []module.Route{{
		Method: http.MethodPost, Path: "/api/v1.0/diagnostics/connection/", Flag: config.ConnectionTestFlag,
		Access: module.SessionOptional, Limit: Scope, Handler: http.HandlerFunc(s.connection),
	}}
}

// Advertise returns what the frontend is told.
func (s *Service) Advertise() map[string]any {
	return map[string]any{"diagnostics": map[string]any{"connection_test_enabled": s.o.Flags.On(config.ConnectionTestFlag)}}
}

// test is the answer.
type test struct {
	LiveKit struct {
		rooms.Entry
		ExpiresIn int `json:"expires_in"` // seconds
	} `json:"livekit"`
}

func (s *Service) connection(w http.ResponseWriter, r *http.Request) {
	t, err := s.begun(r.Context())
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, t)
}

// begun starts a test. The end of its room is scheduled before anybody can join.
func (s *Service) begun(ctx context.Context) (t test, err error) {
	user, _ := auth.UserFrom(ctx)
	name := s.o.Prefix + "-" + uuid.NewString()
	entry, err := s.o.Entrance.Enter(rooms.Entrant{Room: name, User: user, Wish: displayName, TTL: s.o.Diagnostics.TokenTTL})
	if err != nil {
		return t, err
	}
	if err := s.endLater(ctx, name); err != nil {
		return t, err
	}
	t.LiveKit.Entry, t.LiveKit.ExpiresIn = *entry, int(s.o.Diagnostics.TokenTTL.Seconds())
	return t, nil
}
