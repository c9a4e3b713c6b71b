package users

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/auth"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Store keeps accounts; *store.Store is one.
type Store interface {
	UserByID(ctx context.Context, id uuid.UUID) (store.User, error)
	Users(ctx context.Context, search string, limit, offset int) ([]store.User, int, error)
}

// Accounts changes accounts, whoever is asking; accounts.Service is one.
type Accounts interface {
	UpdateUser(ctx context.Context, id uuid.UUID, change store.UserChange) (store.User, error)
}

// Options are what New needs.
type Options struct {
	Users     config.Users
	BodyLimit int64 // bytes
	Store     Store
	Accounts  Accounts
}

// Service answers the routes of accounts.
type Service struct {
	users    config.Users
	limit    int64
	store    Store
	accounts Accounts
}

// New returns the service.
func New(o Options) *Service {
	return &Service{users: o.Users, limit: o.BodyLimit, store: o.Store, accounts: o.Accounts}
}

// Routes returns the routes of accounts.
func (s *Service) Routes() []module.Route {
	const list, one = "/api/v1.0/users/", "/api/v1.0/users/:id/"
	return []module.Route{
		{Method: http.MethodGet, Path: "/api/v1.0/users/me/", Access: module.Session, Handler: http.HandlerFunc(me)},
		{Method: http.MethodGet, Path: list, Access: module.Session, Handler: http.HandlerFunc(s.list)},
		{Method: http.MethodPut, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.replace)},
		{Method: http.MethodPatch, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.patch)},
	}
}

func me(w http.ResponseWriter, r *http.Request) {
	u, ok := auth.UserFrom(r.Context())
	if !ok { // the access rule admits only accounts
		reply.Fail(w, r, reply.Unauthenticated())
		return
	}
	reply.JSON(w, r, http.StatusOK, ObjectOf(u))
}
