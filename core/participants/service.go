package participants

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"foyer/core/meetings"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/module"
)

// Store keeps rooms, accounts and roles; *store.Store is one.
type Store interface {
	rooms.Reader
	UserBySub(ctx context.Context, sub string) (store.User, error)
	RolesIn(ctx context.Context, rooms ...uuid.UUID) (map[uuid.UUID]map[string]store.Role, error)
	GiveRole(ctx context.Context, room, user, caller uuid.UUID, decide func(store.AccessWithRole) (store.Role, error)) error
}

// Live are the meetings under way; *livekit.Client knows them. Its errors include
// livekit.ErrNotFound, livekit.ErrNoHost and livekit.ErrArgument.
type Live interface {
	GetParticipant(ctx context.Context, room, identity string) (livekit.Participant, error)
	MuteTrack(ctx context.Context, room, identity, track string) error
	UpdateParticipant(ctx context.Context, room, identity string, u livekit.ParticipantUpdate) error
	RemoveParticipant(ctx context.Context, room, identity string) error
}

// Rights changes what participants may do and leaves the rest as it is;
// *livekit.Rights does.
type Rights interface {
	Change(ctx context.Context, room, identity string, u livekit.ParticipantUpdate, change func(*lkproto.ParticipantPermission)) error
}

// Refuser keeps people out of the meetings of a room; *meetings.Meetings does.
type Refuser interface {
	Refuse(ctx context.Context, room uuid.UUID, identity string) error
	// Readmit reports whether somebody was kept out.
	Readmit(ctx context.Context, room uuid.UUID, identity string) (bool, error)
	Removals(ctx context.Context, room uuid.UUID) ([]meetings.Removal, error)
}

// Lobby is where people wait to be let in; *lobby.Service is one.
type Lobby interface {
	// Forget ends what was decided about a participant; if there is nobody of
	// that identity, that is not an error.
	Forget(ctx context.Context, room uuid.UUID, identity string) error
}

// Options are what New needs.
type Options struct {
	BodyLimit int64 // bytes
	// Forbidden are permissions that nobody may set.
	Forbidden []string
	Store     Store
	Live      Live
	Rights    Rights
	Refuser   Refuser
	Lobby     Lobby
	Log       *slog.Logger
}

// Service answers the routes of participants.
type Service struct {
	limit     int64
	forbidden []string
	store     Store
	finder    rooms.Finder
	live      Live
	rights    Rights
	refuser   Refuser
	lobby     Lobby
	log       *slog.Logger
	now       func() time.Time
}

// New returns the service.
func New(o Options) *Service {
	return &Service{
		limit: o.BodyLimit, forbidden: o.Forbidden, store: o.Store, finder: rooms.NewFinder(o.Store), live: o.Live,
		rights: o.Rights, refuser: o.Refuser, lobby: o.Lobby, log: o.Log, now: time.Now,
	}
}

// Routes returns the routes of participants. Roles are checked in the handlers,
// because they depend on the room.
func (s *Service) Routes() []module.Route {
	const room = "/api/v1.0/rooms/:room/"
	return []module.Route{
		{Method: http.MethodPost, Path: room + "mute-participant/", Access: module.LiveKitTokenOrSession, Handler: answer(s.mute)},
		{Method: http.MethodPost, Path: room + "update-participant/", Access: module.Session, Handler: answer(s.update)},
		{Method: http.MethodPost, Path: room + "remove-participant/", Access: module.Session, Handler: answer(s.remove)},
		{Method: http.MethodPost, Path: room + "readmit-participant/", Access: module.Session, Handler: answer(s.readmit)},
		{Method: http.MethodGet, Path: room + "removed-participants/", Access: module.Session, Handler: http.HandlerFunc(s.listRemoved)},
		{Method: http.MethodPost, Path: room + "update-participant-role/", Access: module.Session, Handler: http.HandlerFunc(s.changeRole)},
		{Method: http.MethodPost, Path: room + "toggle-hand/", Access: module.LiveKitToken, Handler: answer(s.toggleHand)},
		{Method: http.MethodPost, Path: room + "rename/", Access: module.LiveKitToken, Handler: answer(s.rename)},
	}
}
