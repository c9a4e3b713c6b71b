package subtitles

import (
	"context"
	"errors"
	"net/http"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// start answers POST rooms/<room>/start-subtitle/. The access rule has found the room
// and checked that the token is valid for it; the body is not read.
func (m *Module) start(w http.ResponseWriter, r *http.Request) {
	caller := module.CallerFrom(r.Context())
	if caller.Room == nil {
		reply.Fail(w, r, reply.Forbidden())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), m.config.Timeout)
	defer cancel()
	switch err := m.service.dispatch(ctx, caller.Room.ID.String()); {
	case errors.Is(err, errNotLive):
		reply.Fail(w, r, reply.Detail(http.StatusNotFound, "No live meeting in this room."))
	case err != nil:
		reply.Fail(w, r, reply.Message(http.StatusInternalServerError,
			"Subtitles failed to start for room "+caller.Room.Slug).Because(err))
	default:
		reply.JSON(w, r, http.StatusOK, map[string]string{"status": "success"})
	}
}
