package plugin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/logging"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/reply"
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

// failing has a route that fails as its path says.
type failing struct{ module.Module }

func (failing) Name() string { return "failing" }
func (failing) Routes() []module.Route {
	return []module.Route{{Method: "GET", Path: "/fail/:how/", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("how") == "early" {
			reply.Note(r.Context(), errors.New("first"))
			reply.Fail(w, r, reply.Detail(http.StatusBadRequest, "No.").Because(errors.New("second")))
			return
		}
		reply.Fail(w, r, errors.New("third"))
	})}}
}

func TestRouter_logs_what_failures_were_caused_by(t *testing.T) {
	var out bytes.Buffer
	log, err := logging.New("info", "json", &out)
	require.NoError(t, err)
	h := newRouter(failing{}, "token", log)
	for _, how := range []string{"early", "late"} {
		r := httptest.NewRequest(http.MethodGet, "/fail/"+how+"/", nil)
		r.Header.Set(wire.HeaderToken, "token")
		text, err := wire.Envelope{RequestID: "request-" + how, Pattern: "/fail/:how/", Values: map[string][]byte{"how": []byte(how)}}.Encode()
		require.NoError(t, err)
		r.Header.Set(wire.HeaderCaller, text)
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	var got []string
	for line := range bytes.Lines(out.Bytes()) {
		var raw map[string]any
		require.NoError(t, json.Unmarshal(line, &raw))
		got = append(got, fmt.Sprint(raw["level"], " ", raw["request_id"], " ", raw["error"]))
		require.Equal(t, "/fail/:how/", raw["path"])
	}
	require.Equal(t, []string{"INFO request-early first", "INFO request-early second", "ERROR request-late third"}, got)
}
