package subtitles

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// start answers POST rooms/<room>/start-subtitle/. The access rule has found
// the room and checked that the token is for it; the body is not read.
func (m *Module) start(c *gin.Context) {
	caller := module.CallerFrom(c.Request.Context())
	if caller.Room == nil {
		reply.Fail(c, reply.Forbidden())
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), m.config.Timeout)
	defer cancel()
	switch err := m.service.dispatch(ctx, caller.Room.ID.String()); {
	case errors.Is(err, errNotLive):
		reply.Fail(c, reply.Detail(http.StatusNotFound, "No live meeting in this room."))
	case err != nil:
		reply.Fail(c, reply.Message(http.StatusInternalServerError,
			"Subtitles failed to start for room "+caller.Room.Slug).Because(err))
	default:
		reply.JSON(c, http.StatusOK, map[string]string{"status": "success"})
	}
}
