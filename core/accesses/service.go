package accesses

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/module"
)

// Store keeps accesses; *store.Store is one.
type Store interface {
	RoomByID(ctx context.Context, id, viewer uuid.UUID) (store.RoomWithRole, error)
	UserByID(ctx context.Context, id uuid.UUID) (store.User, error)
	AccessByID(ctx context.Context, id, viewer uuid.UUID) (store.AccessWithRole, error)
	AccessOf(ctx context.Context, room, user uuid.UUID) (store.Access, error)
	AccessesRuledBy(ctx context.Context, user uuid.UUID, limit, offset int) ([]store.Access, int, error)
	AddAccess(ctx context.Context, a store.Access, caller uuid.UUID, allow func(store.Role) error) (store.Access, error)
	SetAccessRole(ctx context.Context, id, caller uuid.UUID, decide func(store.AccessWithRole) (store.Role, error)) (store.Access, error)
	RemoveAccess(ctx context.Context, id, caller uuid.UUID, allow func(store.AccessWithRole) error) error
}

// Options are what New needs.
type Options struct {
	BodyLimit int64 // bytes
	Store     Store
}

// Service answers the routes of accesses.
type Service struct {
	limit int64
	store Store
}

// New returns the service.
func New(o Options) *Service { return &Service{limit: o.BodyLimit, store: o.Store} }

// Routes returns the routes of accesses. Roles are checked in the handlers,
// because they depend on the room.
func (s *Service) Routes() []module.Route {
	const list, one = "/api/v1.0/resource-accesses/", "/api/v1.0/resource-accesses/:id/"
	return []module.Route{
		{Method: http.MethodGet, Path: list, Access: module.Session, Handler: http.HandlerFunc(s.list)},
		{Method: http.MethodPost, Path: list, Access: module.Session, Handler: http.HandlerFunc(s.create)},
		{Method: http.MethodGet, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.retrieve)},
		{Method: http.MethodPut, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.replace)},
		{Method: http.MethodPatch, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.patch)},
		{Method: http.MethodDelete, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.remove)},
	}
}

// object is an access as the API shows it.
type object struct {
	ID       uuid.UUID  `json:"id"`
	User     uuid.UUID  `json:"user"`
	Resource uuid.UUID  `json:"resource"`
	Role     store.Role `json:"role"`
}

func objectOf(a store.Access) object {
	return object{ID: a.ID, User: a.UserID, Resource: a.RoomID, Role: a.Role}
}
