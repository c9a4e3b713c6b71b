package sdktest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/reply"
	"foyer/sdk/sdktest"
)

func TestMain(m *testing.M) { sdktest.Main(m, newProbe) }

// probe is a module with a route of each kind, a job and an event.
type probe struct {
	greeting string
	token    conf.Secret
	host     module.Host
}

func newProbe() module.Module { return &probe{greeting: "Hello"} }

func (p *probe) Name() string         { return "probe" }
func (p *probe) Config() conf.Section { return p }
func (p *probe) Fields(f *conf.Fields) {
	f.String("greeting", &p.greeting, "What it says.")
	f.Secret("token", &p.token, "What a peer shows.")
}
func (p *probe) Needs() module.Needs { return module.Needs{KV: true, Jobs: true} }
func (p *probe) Routes() []module.Route {
	route := func(method, path string, access module.Access, h http.HandlerFunc) module.Route {
		return module.Route{Method: method, Path: "/api/v1.0/probe/" + path, Access: access, Handler: h}
	}
	flagged := route("GET", "flagged/", module.Public, p.say)
	flagged.Flag = "probe_flag"
	return []module.Route{
		route("GET", "say/:what/", module.Public, p.say), route("POST", "say/:what/", module.Public, p.say), route("GET", "say/aloud/", module.Public, p.loud),
		route("GET", "rest/*all", module.Public, p.say), route("GET", "mine/", module.Session, p.mine), route("GET", "peer/", module.Secret("token"), p.mine),
		route("GET", "app/", module.ApplicationToken("probe:read"), p.mine), route("GET", "meeting/:room/", module.LiveKitToken, p.mine),
		route("GET", "wrong/", module.Public, p.wrong), route("GET", "cut/:how/", module.Public, p.cut), route("POST", "work/", module.Public, p.enqueue), flagged,
	}
}

func (p *probe) Start(_ context.Context, h module.Host) error {
	if p.greeting == "none" {
		return errors.New("nothing to say")
	}
	p.host = h
	return nil
}
func (p *probe) Stop(context.Context) error { return nil }
func (p *probe) Events() []string           { return []string{"room_*"} }
func (p *probe) Listen(ctx context.Context, e module.Event) error {
	return p.host.KV().Put(ctx, "heard", []byte(e.Name), 0)
}
func (p *probe) Work(ctx context.Context, j module.Job) error {
	return p.host.KV().Put(ctx, "worked", j.Args, 0)
}

func (p *probe) say(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	origin, _ := module.Origin(r)
	reply.JSON(w, r, http.StatusOK, []string{p.greeting, r.PathValue("what") + r.PathValue("all"), r.Pattern, r.URL.RawQuery, origin, string(body)})
}
func (p *probe) loud(w http.ResponseWriter, r *http.Request) { reply.JSON(w, r, http.StatusOK, "LOUD") }
func (p *probe) mine(w http.ResponseWriter, r *http.Request) {
	c := module.CallerFrom(r.Context())
	reply.JSON(w, r, http.StatusOK, map[string]any{"user": c.UserID, "shown": r.Header.Get("Authorization")})
}
func (p *probe) cut(w http.ResponseWriter, r *http.Request) {
	switch r.PathValue("how") {
	case "abort":
		panic(http.ErrAbortHandler)
	case "flushed":
		_ = http.NewResponseController(w).Flush()
		panic("wrong")
	case "status":
		w.WriteHeader(http.StatusCreated)
		panic("wrong")
	}
}
func (p *probe) wrong(http.ResponseWriter, *http.Request) { panic("wrong") }
func (p *probe) enqueue(w http.ResponseWriter, r *http.Request) {
	if err := p.host.Jobs().Enqueue(r.Context(), "note", "to do", module.JobOptions{}); err != nil {
		reply.Fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

const probing = "/api/v1.0/probe/"

func TestPlace_routes_requests_as_the_gateway_does(t *testing.T) {
	sdktest.Run(t, sdktest.Case{New: newProbe, Config: "greeting: Welcome\n"}, func(t *testing.T, p *sdktest.Place) {
		for _, c := range []struct {
			method, path, body string
			status             int
			answer             string
		}{
			{"", "say/you/?a=%2F", "", 200, `["Welcome","you","/api/v1.0/probe/say/:what/","a=%2F","` + p.URL + `",""]`},
			{"", "say/a%20b", "", 200, `["Welcome","a b","/api/v1.0/probe/say/:what/","","` + p.URL + `",""]`},
			{"POST", "say/you/", "body", 200, `["Welcome","you","/api/v1.0/probe/say/:what/","","` + p.URL + `","body"]`},
			{"", "say/aloud/", "", 200, `"LOUD"`},
			{"", "rest/a/b/", "", 200, `["Welcome","/a/b/","/api/v1.0/probe/rest/*all","","` + p.URL + `",""]`},
			{"", "say/a/b/", "", 404, `{"detail":"Not found."}`},
			{"", "say//", "", 404, `{"detail":"Not found."}`},
			{"", "say/a%2Fb/", "", 404, `{"detail":"Not found."}`},
			{"", "unknown/", "", 404, `{"detail":"Not found."}`},
			{"", "flagged/", "", 404, `{"detail":"Not found."}`},
			{"DELETE", "say/you/", "", 405, `{"detail":"Method \"DELETE\" not allowed."}`},
			{"", "wrong/", "", 500, `{"detail":"Server error."}`},
		} {
			a := p.Send(t, sdktest.Request{Method: c.method, Path: probing + c.path, Body: c.body})
			require.Equal(t, c.status, a.Status, c.path)
			require.Equal(t, c.answer, a.Body, c.path)
		}
	})
}

// As the gateway: core/moduletest TestAnswers_end_alike_in_both_placements.
func TestPlace_cuts_answers_off_as_the_gateway_does(t *testing.T) {
	sdktest.Run(t, sdktest.Case{New: newProbe}, func(t *testing.T, p *sdktest.Place) {
		get := func(how string) (status int, err error) {
			q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+probing+"cut/"+how+"/", nil)
			require.NoError(t, err)
			resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(q)
			if err != nil {
				return 0, err
			}
			defer resp.Body.Close()
			_, err = io.ReadAll(resp.Body)
			return resp.StatusCode, err
		}
		_, err := get("abort")
		require.Error(t, err)
		status, err := get("flushed")
		require.Error(t, err)
		require.Equal(t, http.StatusOK, status)
		status, err = get("status")
		require.NoError(t, err)
		require.Equal(t, http.StatusInternalServerError, status)
	})
}

func TestPlace_has_the_flags_of_the_case(t *testing.T) {
	sdktest.Run(t, sdktest.Case{New: newProbe, Flags: []module.Flag{"probe_flag"}}, func(t *testing.T, p *sdktest.Place) {
		require.Equal(t, http.StatusOK, p.Send(t, sdktest.Request{Path: probing + "flagged/"}).Status)
	})
}

func TestPlace_admits_callers_by_the_access_rules(t *testing.T) {
	ada := uuid.New()
	user := &module.Caller{UserID: ada}
	program := &module.Caller{UserID: ada, Application: &module.CallingApplication{Scopes: []string{"probe:read"}}}
	other := &module.Caller{UserID: ada, Application: &module.CallingApplication{Scopes: []string{"rooms:list"}}}
	guest := &module.Caller{Token: &module.TokenClaims{Identity: "g", Room: "x"}, Room: &module.RoomRef{ID: uuid.New()}}
	sdktest.Run(t, sdktest.Case{New: newProbe, Config: "token: s3cret\n"}, func(t *testing.T, p *sdktest.Place) {
		nobody := map[string]int{"mine/": 401, "app/": 401, "peer/": 401}
		for path, status := range nobody {
			require.Equal(t, status, p.Send(t, sdktest.Request{Path: probing + path}).Status, path)
		}
		shows := func(text string) sdktest.Answer {
			return p.Send(t, sdktest.Request{Path: probing + "peer/", Header: http.Header{"Authorization": {text}}})
		}
		require.Equal(t, 401, shows("Bearer guess").Status)
		require.Equal(t, `{"shown":"","user":"00000000-0000-0000-0000-000000000000"}`, shows("Bearer s3cret").Body)
		if p.Memory == nil {
			return // nobody is signed in
		}
		for _, c := range []struct {
			path   string
			caller *module.Caller
			status int
		}{
			{"mine/", user, 200}, {"mine/", guest, 401}, {"app/", program, 200}, {"app/", other, 403}, {"app/", user, 401},
			{"meeting/x/", guest, 200}, {"meeting/x/", user, 403}, {"peer/", user, 401},
		} {
			require.Equal(t, c.status, p.Send(t, sdktest.Request{Path: probing + c.path, Caller: c.caller}).Status, "%s %+v", c.path, c.caller)
		}
		require.Contains(t, p.Send(t, sdktest.Request{Path: probing + "mine/", Caller: user}).Body, ada.String())
	})
}

func TestPlace_secret_that_is_not_set_admits_nobody(t *testing.T) {
	sdktest.Run(t, sdktest.Case{New: newProbe}, func(t *testing.T, p *sdktest.Place) {
		for _, text := range []string{"Bearer ", "Bearer x"} {
			require.Equal(t, 401, p.Send(t, sdktest.Request{Path: probing + "peer/", Header: http.Header{"Authorization": {text}}}).Status)
		}
	})
}

func TestPlace_gives_the_module_its_jobs_and_events(t *testing.T) {
	for _, placement := range []sdktest.Placement{sdktest.InProcess, sdktest.OwnProcess} {
		t.Run(string(placement), func(t *testing.T) {
			p := sdktest.Start(t, sdktest.Case{New: newProbe}, placement)
			require.Equal(t, http.StatusAccepted, p.Send(t, sdktest.Request{Method: "POST", Path: probing + "work/"}).Status)
			p.Memory.Emit(module.Event{Name: "room_started"})
			require.NoError(t, p.RunJobs(t.Context()))
			kept := p.Memory.Host("probe").KV()
			for key, want := range map[string]string{"worked": `"to do"`, "heard": "room_started"} {
				value, err := kept.Get(t.Context(), key)
				require.NoError(t, err)
				require.Equal(t, want, string(value))
			}
		})
	}
}

func TestRefused_tells_why_a_module_does_not_start(t *testing.T) {
	for _, placement := range []sdktest.Placement{sdktest.InProcess, sdktest.OwnProcess} {
		t.Run(string(placement), func(t *testing.T) {
			err := sdktest.Refused(t, sdktest.Case{New: newProbe, Config: "greting: x\n"}, placement)
			require.ErrorContains(t, err, "modules.probe.greting: unknown key")
			err = sdktest.Refused(t, sdktest.Case{New: newProbe, Config: "greeting: none\n"}, placement)
			require.ErrorContains(t, err, "nothing to say")
		})
	}
}
