package moduletest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/catalog"
	"foyer/core/httpx"
	"foyer/core/process"
	"foyer/flags"
	"foyer/sdk/conf"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Run tests what every module owes its users, in both placements.
func Run(t *testing.T, c Case) {
	t.Helper()
	for placement, process := range map[string]bool{"in process": false, "own process": true} {
		t.Run(placement, func(t *testing.T) {
			t.Run("while off it is an unknown route", func(t *testing.T) { offIsUnknown(t, c, process) })
			t.Run("what stands apart outlives the flag", func(t *testing.T) { apartOutlivesTheFlag(t, c, process) })
			t.Run("access is enforced", func(t *testing.T) { accessIsEnforced(t, c, process) })
			t.Run("an unknown key is refused", func(t *testing.T) { unknownKeyIsRefused(t, c, process) })
			t.Run("it stops after a failed start", func(t *testing.T) { stopsAfterFailedStart(t, c, process) })
			t.Run("it can be switched off and on", func(t *testing.T) { switches(t, c, process) })
		})
	}
	t.Run("both placements answer alike", func(t *testing.T) { answersAlike(t, c) })
	t.Run("a killed process is down, then back", func(t *testing.T) { killedIsBack(t, c) })
	t.Run("a killed gateway leaves no process", func(t *testing.T) { noOrphans(t, c) })
}

var parameter = regexp.MustCompile(`[:*][^/]+`)

// concrete fills in the parameters of a route's path.
func concrete(r module.Route) string {
	return parameter.ReplaceAllString(r.Path, "6f9b8c52-7a0e-4a52-8f52-0a5b6a5d3c11")
}

// unknown is a path that no module has.
const unknown = "/no-such-route-anywhere/"

// offIsUnknown compares every route of a module that is off with a path that does
// not exist, before and after the module was on.
func offIsUnknown(t *testing.T, c Case, process bool) {
	g := prepare(t, c, process)
	compare := func() {
		admitted, throttled := g.Guard.Admissions.Load(), g.Guard.Throttles.Load()
		for _, r := range g.module.Routes() {
			for _, method := range []string{r.Method, http.MethodGet, http.MethodPost, http.MethodOptions, "PROPFIND"} {
				want := g.Send(t, Request{Method: method, Path: unknown})
				require.Equal(t, http.StatusNotFound, want.Status)
				require.Equal(t, want, g.Send(t, Request{Method: method, Path: concrete(r)}), "%s %s", method, r.Path)
			}
		}
		require.Equal(t, admitted, g.Guard.Admissions.Load(), "it was asked who calls")
		require.Equal(t, throttled, g.Guard.Throttles.Load(), "it was counted")
	}
	compare()
	require.NoError(t, g.Catalog.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, g.Catalog.Stop(context.Background())) })
	compare()
	g.Switch(true)
	g.await(t, nil)
	g.Switch(false)
	compare()
}

// apartOutlivesTheFlag switches the module off but leaves on the flags of its
// routes that stand apart: those are served, and nothing else.
func apartOutlivesTheFlag(t *testing.T, c Case, process bool) {
	c.Flags = append(c.Flags, routeFlags(c)...)
	g := Start(t, c, process)
	g.Switch(false)
	for _, r := range g.module.Routes() {
		if r.Flag != "" {
			g.SwitchFlag(r.Flag, true)
		}
	}
	for _, r := range g.module.Routes() {
		want := g.Send(t, Request{Method: r.Method, Path: unknown})
		got := g.Send(t, Request{Method: r.Method, Path: concrete(r), Caller: Anybody()})
		if r.Apart {
			require.NotEqual(t, want, got, "%s %s", r.Method, r.Path)
			require.NoError(t, g.Catalog.Check(t.Context())[g.name])
		} else {
			require.Equal(t, want, got, "%s %s", r.Method, r.Path)
		}
	}
	require.Empty(t, g.Catalog.Advertise())
}

// await waits until the module is up, or fails with the error want.
func (g *Gateway) await(t testing.TB, want error) {
	t.Helper()
	require.Eventually(t, func() bool {
		err, on := g.Catalog.Check(t.Context())[g.name]
		if want == nil {
			return on && err == nil
		}
		return err != nil
	}, 60*time.Second, time.Millisecond)
}

// accessIsEnforced calls every route as nobody in particular, and as somebody
// with a secret that belongs to no module: the guard answers, and the handler is
// not reached.
func accessIsEnforced(t *testing.T, c Case, process bool) {
	c.Flags = append(c.Flags, routeFlags(c)...)
	g := Start(t, c, process)
	for _, r := range g.module.Routes() {
		rule := r.Access.Rule()
		require.NotEqual(t, "nobody", rule.Kind, "%s %s admits nobody", r.Method, r.Path)
		if admits(rule, module.Caller{}) {
			continue
		}
		for _, header := range []http.Header{nil, {"Authorization": {"Bearer guess"}}} {
			before := g.Guard.Admissions.Load()
			q := Request{Method: r.Method, Path: concrete(r), Header: header}
			a := g.Send(t, q)
			require.Contains(t, []int{http.StatusFound, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, a.Status, "%s %s", r.Method, r.Path)
			require.Equal(t, g.refusal(t, r, q), a.Body, "%s %s", r.Method, r.Path)
			require.Equal(t, before+2, g.Guard.Admissions.Load(), "%s %s", r.Method, r.Path)
		}
	}
}

// refusal is the guard's answer to the request, obtained without the module.
func (g *Gateway) refusal(t *testing.T, r module.Route, q Request) string {
	t.Helper()
	r.Access, r.Flag, r.Apart = r.Access.Of(g.name), "", false
	r.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reply.Data(w, http.StatusOK, "text/plain; charset=utf-8", []byte("admitted"))
	})
	h, err := httpx.Build(httpx.Options{HTTP: g.http, Guard: g.Guard, Limiter: g.Guard, Gate: g.gate, Log: discard()}, httpx.Group{Routes: []module.Route{r}})
	require.NoError(t, err)
	req := httptest.NewRequestWithContext(t.Context(), q.Method, g.URL+q.Path, nil)
	req.Header = q.Header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	require.NotEqual(t, "admitted", w.Body.String(), "%s %s", r.Method, r.Path)
	return w.Body.String()
}

func routeFlags(c Case) (all []flags.Key) {
	for _, r := range c.New().Routes() {
		if r.Flag != "" {
			all = append(all, r.Flag)
		}
	}
	return all
}

// unknownKeyIsRefused gives the module a key it does not have, in the way its
// placement takes configuration.
func unknownKeyIsRefused(t *testing.T, c Case, process bool) {
	const text = "no_such_key: 1\n"
	var err error
	m := c.New()
	if process {
		p := launch(t, m.Name())
		err = p.Configure(t.Context(), []byte(text))
	} else {
		_, err = catalog.New(catalog.Options{
			Modules: []module.Module{m}, Flags: &gate{}, Log: discard(), Sections: []catalog.Section{{Name: m.Name(), Raw: []byte(text)}},
		})
	}
	faults := conf.Faults{}
	require.ErrorAs(t, err, &faults)
	require.Len(t, faults, 1)
	require.Equal(t, "modules."+m.Name()+".no_such_key", faults[0].Path)
	require.Equal(t, 1, faults[0].Line)
}

// launch starts the module's process, but not the module.
func launch(t *testing.T, name string) *process.Process {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	base, err := os.MkdirTemp("", "mt")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	dir, err := process.OpenRunDir(base)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, dir.Close()) })
	p, err := process.Launch(t.Context(), process.Options{
		Name: name, Path: path, Args: []string{"module", name}, Dir: dir, Log: Log(t), Within: slowLaunch,
	})
	require.NoError(t, err)
	t.Cleanup(p.Kill)
	return p
}

// stopsAfterFailedStart starts the module with a context that has ended and a
// host that refuses everything. Whether or not that fails, Stop releases it, and
// it can be started again.
func stopsAfterFailedStart(t *testing.T, c Case, process bool) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	nothing := hostapi.Grant(hostapi.Parts{Log: discard()}.Host(), module.Needs{})
	if process {
		p := launch(t, c.New().Name())
		require.NoError(t, p.Configure(t.Context(), []byte(c.Config)))
		_ = p.Start(t.Context(), nothing)
		require.NoError(t, p.Stop(t.Context()))
		<-p.Done()
		return
	}
	g := prepare(t, c, false) // has configured its module
	_ = g.module.Start(over, nothing)
	require.NoError(t, g.module.Stop(t.Context()))
	_ = g.module.Start(t.Context(), nothing)
	require.NoError(t, g.module.Stop(t.Context()))
	g.Switch(true)
	require.NoError(t, g.Catalog.Start(t.Context()))
	require.NoError(t, g.Catalog.Stop(t.Context()))
}

// switches turns the module off and on while it runs.
func switches(t *testing.T, c Case, process bool) {
	g := Start(t, c, process)
	for key := range g.switches() {
		g.SwitchFlag(key, false)
	}
	for range 2 {
		pid := g.Catalog.PID(g.name)
		g.Switch(false)
		require.Eventually(t, func() bool { return g.Catalog.PID(g.name) == 0 && gone(pid) }, 60*time.Second, time.Millisecond)
		g.Switch(true)
		g.await(t, nil)
	}
}

// answersAlike sends the case's requests to both placements.
func answersAlike(t *testing.T, c Case) {
	c.Flags = append(c.Flags, routeFlags(c)...)
	requests := c.Requests
	for _, r := range c.New().Routes() { // every route as nobody, in both of its forms
		if !admits(r.Access.Rule(), module.Caller{}) {
			path := concrete(r)
			requests = append(requests, Request{Method: r.Method, Path: path}, Request{Method: r.Method, Path: path[:len(path)-1]})
		}
	}
	for _, r := range requests {
		t.Run(r.Method+" "+r.Path, func(t *testing.T) { // the end of which ends both gateways
			near, far := Start(t, c, false), Start(t, c, true)
			require.Equal(t, near.Send(t, r), far.Send(t, r), "in process, own process")
		})
	}
}

// Anybody is a caller whom every rule admits, except those of another room and of
// an application.
func Anybody() *module.Caller {
	room := uuid.MustParse("6f9b8c52-7a0e-4a52-8f52-0a5b6a5d3c11")
	return &module.Caller{
		UserID: uuid.MustParse("0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b01"), Sub: "ada",
		Token: &module.TokenClaims{Identity: "ada", Room: room.String()},
		Room:  &module.RoomRef{ID: room, Slug: "a-room"},
	}
}
