package spaces

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"foyer/core/bearer"
	"foyer/modules/external-api/idempotency"
	"foyer/modules/external-api/rooms"
	"foyer/sdk/body"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

const (
	// Flag switches the facade, in addition to the module's own flag.
	Flag module.Flag = "external_api_spaces"

	collection = "spaces/"
	listPath   = "/v2/spaces/"
	onePath    = "/v2/spaces/:space/"

	// endMethod is the custom method that may end the last segment of a path.
	endMethod = ":endActiveConference"
)

// Live knows the running meetings; *livekit.Client implements it.
type Live interface {
	ListRooms(ctx context.Context, names ...string) ([]livekit.Room, error)
}

// Options are the handlers' dependencies and settings.
type Options struct {
	Config  rooms.Config
	Service *rooms.Service
	Keys    *idempotency.Keys
	Live    Live
	Log     *slog.Logger
}

// Handlers serve the routes. Call Open before the first request.
type Handlers struct{ o Options }

// Open makes the handlers ready.
func (h *Handlers) Open(o Options) { h.o = o }

// Routes returns the routes of the facade, behind its flag.
func (h *Handlers) Routes() []module.Route {
	route := func(method, path, scope string, handle handler) module.Route {
		return module.Route{Method: method, Path: path, Outside: true, Flag: Flag, Access: module.ApplicationToken(scope), RPCStatus: true, Handler: answered(handle)}
	}
	return []module.Route{
		route(http.MethodPost, listPath, bearer.RoomsCreate, h.create),
		route(http.MethodGet, onePath, bearer.RoomsRetrieve, h.get),
		route(http.MethodPatch, onePath, bearer.RoomsUpdate, h.patch),
		route(http.MethodPost, onePath, bearer.RoomsUpdate, h.custom),
	}
}

// handler answers an authenticated program; its error is the answer.
type handler func(w http.ResponseWriter, r *http.Request, who module.Caller) error

func answered(handle handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := handle(w, r, module.CallerFrom(r.Context())); err != nil {
			reply.Fail(w, r, shown(err))
		}
	}
}

// find returns the room with a space's id or meeting code. A room in which the user has
// no role looks as if it did not exist: codes can be guessed.
func (h *Handlers) find(ctx context.Context, who module.Caller, name string) (module.OwnedRoom, error) {
	if strings.Contains(name, ":") { // an unknown custom method
		return module.OwnedRoom{}, missing()
	}
	if id, isID := body.ParseUUID(name); isID {
		name = id.String()
	}
	room, err := h.o.Service.Find(ctx, who, strings.ToLower(name))
	if refused, ok := errors.AsType[*reply.Error](err); ok && refused.Status == http.StatusForbidden {
		return room, missing()
	}
	return room, err
}
