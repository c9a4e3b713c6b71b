package moduletest

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"foyer/core/module"
	"foyer/core/module/reply"
)

// callerHeader holds the test's caller as JSON.
const callerHeader = "Test-Caller"

// Guard stands in for sign-in: it admits callers that a test names, where the
// rule of the route asks for one, and counts what it is asked.
type Guard struct {
	Admissions atomic.Int64 // rules asked for
	Throttles  atomic.Int64 // limits asked for
}

// refusal is what it answers; no module does.
const refusal = "refused by the guard of moduletest"

// Admit is httpx.Guard.
func (g *Guard) Admit(c *gin.Context, r module.Route) error {
	g.Admissions.Add(1)
	caller := &module.Caller{Address: module.CallerFrom(c.Request.Context()).Address}
	if text := c.GetHeader(callerHeader); text != "" {
		if err := json.Unmarshal([]byte(text), caller); err != nil {
			return reply.Detail(http.StatusBadRequest, err.Error())
		}
		c.Request.Header.Del(callerHeader)
	}
	if !admits(r.Access.Rule().Kind, *caller) {
		return reply.Detail(http.StatusForbidden, refusal)
	}
	c.Request = c.Request.WithContext(module.WithCaller(c.Request.Context(), caller))
	return nil
}

// admits holds the caller against the rule: who has what it asks for.
func admits(rule string, caller module.Caller) bool {
	switch rule {
	case "public", "session_optional", "own":
		return true
	case "session":
		return caller.SignedIn()
	case "livekit_token":
		return caller.Token != nil && caller.Room != nil
	case "livekit_token_or_session":
		return caller.Room != nil
	case "secret":
		return caller.Sub == "secret"
	default:
		return false
	}
}

// Allow is httpx.Limiter; it lets everything pass.
func (g *Guard) Allow(context.Context, string, string) (time.Duration, error) {
	g.Throttles.Add(1)
	return 0, nil
}

func encodeCaller(t testing.TB, c module.Caller) string {
	t.Helper()
	b, err := json.Marshal(c)
	require.NoError(t, err)
	return string(b)
}
