package httpx

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"foyer/sdk/reply"
)

// acceptsJSON reports whether an API call may be answered with JSON (core-rest.md
// 1.3): it has no Accept header, or one that names JSON or a wildcard.
func acceptsJSON(r *http.Request) bool {
	values := r.Header.Values("Accept")
	if len(values) == 0 || !strings.HasPrefix(r.URL.Path, "/api/") {
		return true
	}
	for _, v := range values {
		v = strings.ToLower(v)
		if strings.TrimSpace(v) == "" || strings.Contains(v, "*/*") || strings.Contains(v, "application/*") || strings.Contains(v, "json") || strings.Contains(v, "text/event-stream") {
			return true
		}
	}
	return false
}

// formatIsKnown reports whether ?format= is absent or json; with any other value
// the path is unknown.
func formatIsKnown(c *gin.Context) bool {
	if !strings.Contains(c.Request.URL.RawQuery, "format=") {
		return true
	}
	f := c.Query("format")
	return f == "" || f == "json"
}

func notAcceptable() error {
	return reply.Detail(http.StatusNotAcceptable, "Could not satisfy the request Accept header.")
}
