package httpx_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/sdk/module"
)

func get(path string) module.Route { return route("GET", path, module.Public, "") }

func TestFit_refuses_what_is_not_a_route(t *testing.T) {
	for what, c := range map[string]struct {
		route module.Route
		want  string
	}{
		"a relative path":                 {get("relative/"), "not absolute"},
		"no last slash":                   {get("/open"), "does not end in a slash"},
		"no path":                         {get(""), "not absolute"},
		"no handler":                      {module.Route{Method: "GET", Path: "/x/"}, "no handler"},
		"no method":                       {module.Route{Path: "/x/", Handler: show}, "method"},
		"a method in small letters":       {module.Route{Method: "get", Path: "/x/", Handler: show}, "method"},
		"an empty segment":                {get("/x//y/"), `"" is not a segment`},
		"two dots":                        {get("/x/../y/"), `".." is not a segment`},
		"a query":                         {get("/x?y/"), "is not a segment"},
		"a space":                         {get("/x y/"), "is not a segment"},
		"a parameter without a name":      {get("/x/:/"), `":" is not a segment`},
		"a parameter in a segment":        {get("/x/v:id/"), `"v:id" is not a segment`},
		"a parameter that ends otherwise": {get("/x/:id.json/"), `":id.json" is not a segment`},
		"two parameters of a name":        {get("/x/:id/y/:id/"), "two parameters are named id"},
		"a rest that is not the last":     {get("/x/*rest/y/"), "comes last"},
		"a rest with a slash":             {get("/x/*rest/"), "comes last"},
		"a rest without a name":           {get("/x/*"), "does not end in a slash"},
		"a scope in capitals":             {route("GET", "/x/", module.ApplicationToken("Notes:read"), ""), "no application can be granted"},
		"a scope about nothing":           {route("GET", "/x/", module.ApplicationToken("read"), ""), "no application can be granted"},
		"a rest in a segment":             {get("/x/y*rest"), "does not end in a slash"},
	} {
		err := httpx.Fit(httpx.Group{Owner: "hello", Routes: []module.Route{c.route}})
		require.ErrorContains(t, err, c.want, what)
		require.ErrorContains(t, err, "module hello: route ", what)
	}
}

// What would make the router panic is found first, and reported with both routes,
// whatever their order.
func TestFit_refuses_two_routes_for_the_same_requests(t *testing.T) {
	for what, c := range map[string]struct {
		one, other module.Route
		want       string
	}{
		"the same one":                    {get("/x/"), get("/x/"), "GET /x/ is one of the gateway already"},
		"another name of a parameter":     {get("/x/:room/"), get("/x/:id/knock/"), "is named :"},
		"another name further down":       {get("/x/:a/y/:b/"), get("/x/:a/y/:c/z/"), "is named :"},
		"a rest beside a path below it":   {get("/x/y/z/"), get("/x/*rest"), "*rest takes all that is below /x"},
		"a rest beside its own beginning": {get("/x/"), get("/x/*rest"), "*rest takes all that is below /x"},
		"a rest beside a parameter":       {get("/x/:id/"), get("/x/*rest"), "*rest takes all that is below /x"},
		"two rests":                       {get("/x/*all"), get("/x/*rest"), " takes all that is below /x"},
		"a rest below a rest":             {get("/x/*all"), get("/x/y/*rest"), "*all takes all that is below /x"},
	} {
		for _, x := range [][2]module.Route{{c.one, c.other}, {c.other, c.one}} {
			err := httpx.Fit(core(x[0]), httpx.Group{Owner: "hello", Routes: []module.Route{x[1]}})
			require.ErrorContains(t, err, c.want, what)
			require.ErrorContains(t, err, "of the gateway", what)
			require.ErrorContains(t, err, "module hello", what)
		}
	}
}

func TestFit_takes_what_can_be_told_apart(t *testing.T) {
	all := []module.Route{
		get("/"), get("/x/"), route("POST", "/x/", module.Public, ""), get("/x/:id/"), get("/x/all/"), get("/x/:id/y/"), get("/x/all/:name/"),
		get("/files/*path"), get("/files.json/"), get("/d/:id/files/*path"), get("/d/:id/other/"), get("/xy/:name/"), get("/v1.0/a-b_c~d/"),
	}
	require.NoError(t, httpx.Fit(core(all...)))
	h := build(t, config.HTTP{}, core(all...))
	for _, path := range []string{"/", "/x", "/x/1/", "/x/all/", "/x/all/n/", "/x/2/y/", "/files/a", "/files", "/files.json/", "/d/1/files/a/b", "/d/1/other/"} {
		require.Equal(t, 200, h.ask("GET", path).Code, path)
	}
}

func TestRest_of_a_path_is_given_with_its_first_slash(t *testing.T) {
	r := get("/files/*path")
	r.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.PathValue("path")) })
	h := build(t, config.HTTP{}, core(r))
	for path, want := range map[string]string{
		"/files": "", "/files/": "/", "/files/a": "/a", "/files/a/b/": "/a/b/", "/files/a%20b/%C3%A9.txt": "/a b/é.txt", "/files/a%2Fb": "/a/b",
		"/files/..a/b..": "/..a/b..", "/files/.hidden": "/.hidden",
	} {
		a := h.ask("GET", path)
		require.Equal(t, 200, a.Code, path)
		require.Equal(t, want, a.Body.String(), path)
	}
	r.Path = "/api/v1.0/:owner/files/*path"
	h = build(t, config.HTTP{}, core(r, get("/api/v1.0/:owner/list/")))
	for path, want := range map[string]string{
		"/api/v1.0/o/files/report.json": "/report.json", "/api/v1.0/o/files/a/b.json/": "/a/b.json/", "/api/v1.0/o/files/a%2Fb.json": "/a/b.json",
		"/api/v1.0/o/files.json": "/",
	} {
		require.Equal(t, want, h.ask("GET", path).Body.String(), path)
	}
	require.Equal(t, 200, h.ask("GET", "/api/v1.0/o/list.json").Code)

	r.Path = "/files/*path"
	h = build(t, config.HTTP{}, core(r))
	for _, path := range []string{
		"/files//", "/files//a", "/files/a//b", "/files/a//", "/files/./a", "/files/a/../b", "/files/..", "/files/%2e%2e/a", "/files/a%2F..%2Fb", "/files/a%00b",
		"/filesystem/",
	} {
		a := h.ask("GET", path)
		require.Equal(t, 404, a.Code, path)
		require.Equal(t, json404, a.Body.String(), path)
	}
	require.Equal(t, 405, h.ask("POST", "/files/a").Code)
	require.Equal(t, 200, h.ask("HEAD", "/files/a").Code)
}
