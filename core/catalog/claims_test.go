package catalog_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/catalog"
	"foyer/flags"
	"foyer/sdk/module"
)

// routed is a part with routes of its choice.
type routed struct {
	*part
	prefix string
	routes func() []module.Route
}

func (r routed) Prefix() string         { return r.prefix }
func (r routed) Routes() []module.Route { return r.routes() }

func answer(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusOK) }

func route(path string) module.Route {
	return module.Route{Method: http.MethodGet, Path: path, Access: module.Public, Handler: http.HandlerFunc(answer)}
}

func outside(path string) module.Route {
	r := route(path)
	r.Outside = true
	return r
}

// inHouse are the gateway's own routes.
var inHouse = []module.Route{route("/api/rooms/"), route("/api/rooms/:room/")}

func paths(c *catalog.Catalog) (all []string) {
	for _, g := range c.Groups() {
		for _, r := range g.Routes {
			all = append(all, r.Path)
		}
	}
	return all
}

// A module's routes are its own problem: it is down, by name, and the others serve.
func TestModule_whose_routes_cannot_be_served_is_down_alone(t *testing.T) {
	for what, c := range map[string]struct {
		prefix string
		routes func() []module.Route
		want   string
	}{
		"a parameter of another name": {"/b/", func() []module.Route { return []module.Route{route("/b/x/"), outside("/api/rooms/:id/knock/")} },
			"module bad: route GET /api/rooms/:id/knock/ clashes with /api/rooms/:room/ of the gateway: the parameter :id is named :room there"},
		"a route of the gateway":    {"/b/", func() []module.Route { return []module.Route{outside("/api/rooms/")} }, "GET /api/rooms/ is one of the gateway already"},
		"a route of another module": {"/b/", func() []module.Route { return []module.Route{outside("/good/")} }, "what is below /good/ is of one module: route GET /good/ of module bad is there too"},
		"below another module":      {"/b/", func() []module.Route { return []module.Route{outside("/good/more/")} }, "what is below /good/ is of one module"},
		"not below its prefix":      {"/b/", func() []module.Route { return []module.Route{route("/c/")} }, "route GET /c/ is not below /b/"},
		"a prefix of the gateway":   {"/api/", func() []module.Route { return []module.Route{route("/api/bad/")} }, "what is below /api/ is of one module: route GET /api/rooms/ of the gateway is there too"},
		"a prefix of a module":      {"/good/", func() []module.Route { return []module.Route{route("/good/bad/")} }, "what is below /good/ is of one module: route GET /good/ of module good is there too"},
		"a prefix that a parameter of the gateway's matches": {"/api/rooms/my-room/", func() []module.Route { return []module.Route{route("/api/rooms/my-room/x/")} },
			"what is below /api/rooms/my-room/ is of one module: route GET /api/rooms/:room/ of the gateway is there too"},
		"everything as its prefix":  {"/", func() []module.Route { return []module.Route{route("/c/")} }, `"/" is not a prefix`},
		"a prefix with a parameter": {"/:x/", func() []module.Route { return []module.Route{route("/:x/c/")} }, `"/:x/" is not a prefix`},
		"a malformed path":          {"/b/", func() []module.Route { return []module.Route{route("/b/x")} }, "does not end in a slash"},
		"no handler":                {"/b/", func() []module.Route { return []module.Route{{Method: "GET", Path: "/b/", Access: module.Public}} }, "no handler"},
		"two alike":                 {"/b/", func() []module.Route { return []module.Route{route("/b/"), route("/b/")} }, "GET /b/ is one of module bad already"},
		"a panic":                   {"/b/", func() []module.Route { panic("none today") }, "panic: none today"},
	} {
		t.Run(what, func(t *testing.T) {
			var logs bytes.Buffer
			good, bad, s := &part{name: "good", handle: answer}, routed{&part{name: "bad"}, c.prefix, c.routes}, on("good", "bad")
			o := options(s, good)
			o.Modules[0] = routed{good, "/good/", good.Routes}
			o.Modules, o.Sections = append(o.Modules, bad), append(o.Sections, catalog.Section{Name: "bad"})
			o.Log = slog.New(slog.NewTextHandler(&logs, nil))
			cat, err := catalog.New(o)
			require.NoError(t, err)
			cat.Claim(inHouse)
			require.Equal(t, []string{"/good/"}, paths(cat), "before anything runs")
			require.NoError(t, cat.Start(t.Context()))
			stopped := false
			stop := func() {
				if !stopped {
					stopped = true
					require.NoError(t, cat.Stop(context.Background()))
				}
			}
			t.Cleanup(stop)

			eventually(t, func() bool { return cat.Check(t.Context())["bad"] != nil && good.starts.Load() == 1 })
			health := cat.Check(t.Context())
			require.NoError(t, health["good"])
			require.Equal(t, []string{"/good/"}, paths(cat))
			require.Zero(t, bad.starts.Load(), "it is not started for nothing")
			eventually(t, func() bool {
				err := cat.Check(t.Context())["bad"]
				return err != nil && bytes.Contains([]byte(err.Error()), []byte(c.want))
			})
			require.ErrorIs(t, cat.Check(t.Context())["bad"], catalog.ErrRoutes)

			s.set("bad", false)
			eventually(t, func() bool { _, asked := cat.Check(t.Context())["bad"]; return !asked })
			s.set("bad", true)
			eventually(t, func() bool { return cat.Check(t.Context())["bad"] != nil })
			require.NoError(t, cat.Check(t.Context())["good"])
			stop()
			require.Contains(t, logs.String(), "level=ERROR")
			require.Contains(t, logs.String(), "module=bad")
		})
	}
}

// The gateway has to know what a module serves before it accepts it.
func TestRoutes_outside_of_the_prefix_are_for_modules_of_the_gateways_own(t *testing.T) {
	p := routed{&part{name: "p"}, "/p/", func() []module.Route { return []module.Route{outside("/elsewhere/"), route("/p/")} }}
	o := options(on("p"))
	o.Modules, o.Sections = append(o.Modules, p), append(o.Sections, catalog.Section{Name: "p"})
	cat, err := catalog.New(o)
	require.NoError(t, err)
	cat.Claim(inHouse)
	require.Equal(t, []string{"/elsewhere/", "/p/"}, paths(cat))
	require.Equal(t, flags.Key("p"), cat.Groups()[0].Flag)
}
