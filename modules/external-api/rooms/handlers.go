package rooms

import (
	"errors"
	"net/http"
	"time"

	"foyer/core/bearer"
	"foyer/modules/external-api/idempotency"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Paths of rooms.
const (
	listPath = "/external-api/v1.0/rooms/"
	onePath  = "/external-api/v1.0/rooms/:room/"
)

// Handlers serve the contract's routes. Call Open before the first request.
type Handlers struct {
	service *Service
	keys    *idempotency.Keys
}

// Open makes the handlers ready.
func (h *Handlers) Open(s *Service, keys *idempotency.Keys) { h.service, h.keys = s, keys }

// Routes returns the routes of rooms.
func (h *Handlers) Routes() []module.Route {
	route := func(method, path, scope string, handle handler) module.Route {
		return module.Route{Method: method, Path: path, Access: module.ApplicationToken(scope), Handler: answered(handle)}
	}
	return []module.Route{
		route(http.MethodGet, listPath, bearer.RoomsList, h.list),
		route(http.MethodPost, listPath, bearer.RoomsCreate, h.create),
		route(http.MethodOptions, listPath, "", nil),
		route(http.MethodGet, onePath, bearer.RoomsRetrieve, h.retrieve),
		route(http.MethodPut, onePath, bearer.RoomsUpdate, h.replace),
		route(http.MethodPatch, onePath, bearer.RoomsUpdate, h.patch),
		route(http.MethodDelete, onePath, bearer.RoomsDelete, h.remove),
		route(http.MethodOptions, onePath, "", nil),
	}
}

// handler answers an authenticated program; its error is the answer.
type handler func(w http.ResponseWriter, r *http.Request, who module.Caller) error

func answered(handle handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := handle(w, r, module.CallerFrom(r.Context())); err != nil {
			reply.Fail(w, r, Shown(err))
		}
	}
}

// Shown turns the host's errors into the contract's answers.
func Shown(err error) error {
	field, isField := errors.AsType[*module.FieldError](err)
	switch {
	case isField:
		return reply.InvalidField(field.Field, field.Message)
	case errors.Is(err, module.ErrNotFound):
		return reply.NoMatch("Room")
	case errors.Is(err, module.ErrChanged):
		return changed()
	case errors.Is(err, module.ErrUnavailable):
		return reply.Unavailable(time.Second, err)
	}
	return err
}

// find returns the room in the path, by id only.
func (h *Handlers) find(r *http.Request, who module.Caller) (module.OwnedRoom, error) {
	id, ok := body.ParseUUID(r.PathValue("room"))
	if !ok {
		return module.OwnedRoom{}, reply.NotFound()
	}
	return h.service.Find(r.Context(), who, id.String())
}
