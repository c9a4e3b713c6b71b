package plugin

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
)

func TestServe_refuses_to_run_by_hand(t *testing.T) {
	require.ErrorIs(t, Serve(nil), wire.ErrByHand)
}

type web struct{ module.Module }

func (web) Name() string { return "web" }
func (web) Routes() []module.Route {
	return []module.Route{{Method: "GET", Path: "/x/", Handler: func(c *gin.Context) { c.String(200, "in") }}}
}

func TestRouter_admits_the_gateway_only(t *testing.T) {
	h := router(web{}, "token", slog.New(slog.DiscardHandler))
	call := func(token, caller string) int {
		r := httptest.NewRequest(http.MethodGet, "/x/", nil)
		r.Header.Set(wire.HeaderToken, token)
		r.Header.Set(wire.HeaderCaller, caller)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	require.Equal(t, 200, call("token", "{}"))
	require.Equal(t, 403, call("", "{}"))
	require.Equal(t, 403, call("tokem", "{}"))
	require.Equal(t, 500, call("token", "{"))
}
