package httpx

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/core/module/reply"
)

// Health answers the root's health paths (core-rest.md 1.12), with or without
// the last slash and for every method.
type Health struct {
	// Ready must answer nil within a second for /__heartbeat__ to be 200.
	Ready func(context.Context) error
	// Degraded names parts that do not work while the whole is ready, such as
	// a module that gave up; it makes the status "warning".
	Degraded func(context.Context) map[string]error
	// Version is the JSON of /__version__, nil = 404.
	Version json.RawMessage
}

const healthTime = time.Second

func (h *Health) mount(engine *gin.Engine) {
	for path, handler := range map[string]gin.HandlerFunc{
		"/__lbheartbeat__": func(c *gin.Context) { c.Data(http.StatusOK, "text/html", nil) },
		"/__heartbeat__":   h.heartbeat,
		"/__version__":     h.version,
	} {
		for _, m := range methods {
			engine.Handle(m, path, handler)
			engine.Handle(m, path+"/", handler)
		}
	}
}

func (h *Health) heartbeat(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), healthTime)
	defer cancel()
	if err := h.Ready(ctx); err != nil {
		_ = c.Error(reply.Detail(http.StatusInternalServerError, "not ready").Because(err))
		reply.JSON(c, http.StatusInternalServerError, map[string]string{"status": "error"})
		return
	}
	status := "ok"
	if h.Degraded != nil && len(h.Degraded(ctx)) > 0 {
		status = "warning"
	}
	reply.JSON(c, http.StatusOK, map[string]string{"status": status})
}

func (h *Health) version(c *gin.Context) {
	if h.Version == nil {
		notFound(c)
		return
	}
	c.Data(http.StatusOK, "application/json", h.Version)
}
