package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Health answers the health paths at the root (core-rest.md 1.12), with or
// without the trailing slash and for every method.
type Health struct {
	// Ready must answer nil within a second for /__heartbeat__ to be 200.
	Ready func(context.Context) error
	// Degraded names parts that fail while the whole is ready, such as a module
	// that gave up; any makes the status "warning".
	Degraded func(context.Context) map[string]error
	// Version is the JSON of /__version__, nil = 404.
	Version json.RawMessage

	asking atomic.Bool // Degraded is running
	last   atomic.Bool // its last result; true if it did not answer in time
}

const healthTime = time.Second

// errAsked is the failure of /__error__, which proves that failures are noticed.
var errAsked = errors.New("an error was asked for")

// HealthPaths returns the paths that Health answers.
func HealthPaths() []string {
	return []string{"/__lbheartbeat__/", "/__heartbeat__/", "/__version__/", "/__error__/"}
}

// HealthRoutes are the routes nobody else may have: the paths, with every method.
// They are for Fit and answer nothing.
func HealthRoutes() (all []module.Route) {
	for _, path := range HealthPaths() {
		for _, m := range methods {
			all = append(all, module.Route{Method: m, Path: path, Access: module.Public, Handler: http.NotFoundHandler()})
		}
	}
	return all
}

func (h *Health) mount(engine *gin.Engine) {
	handlers := []gin.HandlerFunc{
		func(c *gin.Context) { c.Data(http.StatusOK, "text/html", nil) }, h.heartbeat, h.version,
		func(c *gin.Context) { fail(c, errAsked) },
	}
	for i, path := range HealthPaths() {
		for _, form := range (module.Route{Path: path}).Forms() {
			for _, m := range methods {
				engine.Handle(m, form, handlers[i])
			}
		}
	}
}

func (h *Health) heartbeat(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), healthTime)
	defer cancel()
	if err := h.Ready(ctx); err != nil {
		_ = c.Error(reply.Detail(http.StatusInternalServerError, "not ready").Because(err))
		reply.JSON(c.Writer, c.Request, http.StatusInternalServerError, map[string]string{"status": "error"})
		return
	}
	status := "ok"
	if h.degraded(ctx) {
		status = "warning"
	}
	reply.JSON(c.Writer, c.Request, http.StatusOK, map[string]string{"status": status})
}

// degraded asks Degraded in the time that ctx leaves, one call at a time: anyone
// who asks meanwhile gets the last answer. No answer in time counts as degraded.
func (h *Health) degraded(ctx context.Context) bool {
	if h.Degraded == nil {
		return false
	}
	if !h.asking.CompareAndSwap(false, true) {
		return h.last.Load()
	}
	answer := make(chan bool, 1)
	go func() {
		defer h.asking.Store(false)
		bad := len(h.Degraded(ctx)) > 0
		h.last.Store(bad)
		answer <- bad
	}()
	select {
	case bad := <-answer:
		return bad
	case <-ctx.Done():
		h.last.Store(true)
		return true
	}
}

func (h *Health) version(c *gin.Context) {
	if h.Version == nil {
		notFound(c)
		return
	}
	c.Data(http.StatusOK, "application/json", h.Version)
}
