package rooms

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// Store keeps rooms; *store.Store is one.
type Store interface {
	Reader
	RoomsOf(ctx context.Context, user uuid.UUID, limit, offset int) ([]store.ListedRoom, int, error)
	Accesses(ctx context.Context, rooms ...uuid.UUID) ([]store.AccessWithUser, error)
	UsersByID(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]store.User, error)
}

// Tokens signs tokens for entering rooms; *livekit.Tokens does.
type Tokens interface {
	Issue(r livekit.TokenRequest) (string, error)
}

// Metadata writes the metadata of live rooms, which has other writers too;
// *livekit.Metadata does.
type Metadata interface {
	// Merge sets keys and reports whether the room is live.
	Merge(ctx context.Context, room uuid.UUID, set map[string]json.RawMessage, drop ...string) (live bool, err error)
}

// Live are the live rooms; *livekit.Client knows them.
type Live interface {
	DeleteRoom(ctx context.Context, room string) error
}

// Refusals knows who gets no token; *meetings.Meetings does.
type Refusals interface {
	// Refused returns which of the rooms an identity was removed from.
	Refused(ctx context.Context, identity string, rooms ...uuid.UUID) (map[uuid.UUID]bool, error)
	// Gone reports whether the room existed until a short while ago.
	Gone(ctx context.Context, room uuid.UUID) (bool, error)
}

// Guests makes the identities of guests; *guests.Guests does.
type Guests interface {
	NewID() string
}

// Callbacks remembers, for a page that embeds the product, which room was created
// under its callback id (core-rest.md 8.8).
type Callbacks interface {
	Remember(ctx context.Context, id, slug string) error
	// Take returns what was remembered, once; "" if nothing was.
	Take(ctx context.Context, id string) (slug string, err error)
}

// Options are what New needs.
type Options struct {
	Rooms     config.Rooms
	LiveKit   config.LiveKit
	BodyLimit int64 // bytes
	Store     Store
	Tokens    Tokens
	Writer    *Writer
	Refusals  Refusals
	Guests    Guests
	Callbacks Callbacks
	Log       *slog.Logger
}

// Service answers the routes of rooms.
type Service struct {
	rooms     config.Rooms
	livekit   config.LiveKit
	limit     int64
	store     Store
	finder    Finder
	tokens    Tokens
	writer    *Writer
	refusals  Refusals
	guests    Guests
	callbacks Callbacks
	log       *slog.Logger
}

// New returns the service.
func New(o Options) *Service {
	return &Service{
		rooms: o.Rooms, livekit: o.LiveKit, limit: o.BodyLimit, store: o.Store,
		finder: NewFinder(o.Store), tokens: o.Tokens, writer: o.Writer, refusals: o.Refusals, guests: o.Guests,
		callbacks: o.Callbacks, log: o.Log,
	}
}

// CallbackScope is the throttle for asking about a created room; it counts guests
// by address (core-rest.md 12).
const CallbackScope = "creation_callback"

// Routes returns the routes of rooms. Roles are checked in the handlers, because
// they depend on the room.
func (s *Service) Routes() []module.Route {
	const list, one, callback = "/api/v1.0/rooms/", "/api/v1.0/rooms/:room/", "/api/v1.0/rooms/creation-callback/"
	return []module.Route{
		{Method: http.MethodGet, Path: list, Access: module.SessionOptional, Handler: http.HandlerFunc(s.list)},
		{Method: http.MethodPost, Path: list, Access: module.Session, Handler: http.HandlerFunc(s.create)},
		{Method: http.MethodPost, Path: callback, Access: module.SessionOptional, Limit: CallbackScope, Handler: http.HandlerFunc(s.tellCreated)},
		{Method: http.MethodGet, Path: one, Access: module.SessionOptional, Handler: http.HandlerFunc(s.retrieve)},
		{Method: http.MethodPut, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.replace)},
		{Method: http.MethodPatch, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.patch)},
		{Method: http.MethodDelete, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.remove)},
	}
}
