package plugin

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

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
	return []module.Route{{Method: "GET", Path: "/x/:name/", Access: module.Public, Handler: http.HandlerFunc(show)}}
}

func show(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte(r.Pattern + " " + r.PathValue("name")))
}

func TestRouter_admits_the_gateway_only(t *testing.T) {
	h := newRouter(web{}, "token", slog.New(slog.DiscardHandler))
	call := func(token, caller string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, "/x/ada/", nil)
		r.Header.Set(wire.HeaderToken, token)
		r.Header.Set(wire.HeaderCaller, caller)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	const asked = `{"pattern":"/x/:name/","values":{"name":"YWRh"}}`
	for name, x := range map[string]struct {
		token, caller string
		status        int
	}{
		"the gateway":                {"token", asked, 200},
		"nobody":                     {"", asked, 403},
		"somebody else":              {"tokem", asked, 403},
		"what is not an envelope":    {"token", "{", 500},
		"a route of another module":  {"token", `{"pattern":"/y/"}`, 500},
		"a gateway without patterns": {"token", "{}", 500},
	} {
		status, body := call(x.token, x.caller)
		require.Equal(t, x.status, status, name)
		if status == 200 {
			require.Equal(t, "/x/:name/ ada", body)
		}
	}
}
