package httpx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/sdk/module"
)

func TestPath_may_name_JSON_as_the_form_of_its_answer(t *testing.T) {
	h := build(t, config.HTTP{}, core(
		route("GET", "/api/v1.0/rooms/", module.Public, ""), route("GET", "/api/v1.0/rooms/:room/", module.Public, ""),
		route("POST", "/api/v1.0/rooms/:room/enter/", module.Public, ""), route("GET", "/api/v1.0/openapi.json/", module.Public, ""),
		route("GET", "/files/:room/", module.Public, "")))
	for _, x := range []struct {
		method, path string
		code         int
		says         string
	}{
		{"GET", "/api/v1.0/rooms.json", 200, `"room":""`}, {"GET", "/api/v1.0/rooms.json/", 200, `"room":""`},
		{"GET", "/api/v1.0/rooms/abc.json", 200, `"room":"abc"`}, {"GET", "/api/v1.0/rooms/abc%2Ejson?format=json", 200, `"room":"abc"`},
		{"POST", "/api/v1.0/rooms/abc/enter.json", 200, `"room":"abc"`}, {"GET", "/api/v1.0/openapi.json", 200, `"method":"GET"`},
		{"GET", "/api/v1.0/rooms/abc.xml", 404, json404}, {"GET", "/api/v1.0/rooms/.json", 404, json404},
		{"GET", "/api/v1.0/rooms/a.json.json", 404, json404}, {"GET", "/api/v1.0/openapi.json.json", 200, `"method":"GET"`},
		{"GET", "/api/v1.0/rooms/a%2Fb.json", 404, json404}, {"GET", "/files/abc.json", 404, json404}, {"GET", "/api/.json", 404, json404},
	} {
		w := h.ask(x.method, x.path)
		require.Equal(t, x.code, w.Code, x.path)
		require.Contains(t, w.Body.String(), x.says, x.path)
	}
}

// Some proxies unescape slashes, others do not: no path may be reachable both ways.
func TestPath_with_an_escaped_slash_is_unknown(t *testing.T) {
	hook := route("POST", "/api/v1.0/recordings/hook/", module.Own, "")
	hook.Flag, hook.AnyHost = "hook", true
	h := build(t, config.HTTP{}, core(hook, route("GET", "/api/v1.0/recordings/", module.Session, ""),
		route("GET", "/api/v1.0/recordings/:id/", module.Session, ""), route("GET", "/v2/spaces/:space/members/:member/", module.Public, "")))
	for _, on := range []bool{false, true} {
		h.gates["hook"] = on
		for _, last := range []string{"hook", "Hook", "hooks", "6ef679d7-b0ae-412a-91b9-4d620a0b0fa9", "x"} {
			for _, path := range []string{
				"%2F", "%2f", "%2F/", "/%2F", "%2F%2F/", "%2Fx/", "%2F.json", ".json%2F", "%2F?format=json", "%20%2F/", "+%2F", "%2F..", "%252F%2F",
			} {
				path = "/api/v1.0/recordings/" + last + path
				for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"} {
					w := h.ask(method, path, "X-Test-User", "8ad3a6b5-7b7e-4f2b-9c0e-0f2f4a1c7f10")
					require.Equal(t, 404, w.Code, "%s %s", method, path)
					require.Equal(t, json404, w.Body.String(), "%s %s", method, path)
					require.Empty(t, w.Header().Get("Allow"), "%s %s", method, path)
					require.Equal(t, 404, h.ask(method, path).Code, "%s %s", method, path)
				}
			}
		}
	}
	require.Equal(t, 404, h.ask("GET", "/v2/spaces/a%2Fb/members/c/").Code)
	require.Equal(t, 200, h.ask("GET", "/v2/spaces/a%2Eb/members/c/").Code)
	require.Equal(t, 200, h.ask("GET", "/v2/spaces/a%252Fb/members/c/").Code, "which is not a slash yet")
}

// A doubled slash is an empty segment, which must not pass for an identifier.
func TestPath_with_a_doubled_slash_is_unknown(t *testing.T) {
	const rooms, one = "/api/v1.0/rooms/", "/api/v1.0/rooms/:room/"
	h := build(t, config.HTTP{}, core(
		route("GET", rooms, module.Public, ""), route("GET", one, module.Public, ""), route("DELETE", one, module.Session, ""),
		route("POST", one+"enter/", module.Public, "scope"), route("GET", "/api/v1.0/users/:id/", module.Public, ""),
		route("DELETE", "/v2/spaces/:space/members/:member/", module.Public, "")))
	h.options.Health = &httpx.Health{}
	for _, path := range []string{
		"/api/v1.0/rooms//", "/api/v1.0/rooms///", "/api/v1.0//rooms/", "//api/v1.0/rooms/", "/api/v1.0/rooms//enter/", "/api/v1.0/rooms/abc//",
		"/api/v1.0/rooms/abc//enter/", "/api/v1.0/rooms/abc/enter//", "/api/v1.0/rooms//abc/", "/api/v1.0/rooms//abc", "/api/v1.0/users//",
		"/api/v1.0/rooms/%2F/", "/api/v1.0/rooms/%2F/enter/", "/api/v1.0/rooms//?format=json", "/api/v1.0/rooms//.json", "/api/v1.0/rooms//enter.json",
		"/v2/spaces//members/a/", "/v2/spaces/a/members//", "/v2/spaces//members//", "//__heartbeat__",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			w := h.ask(method, path)
			require.Equal(t, 404, w.Code, "%s %s", method, path)
			require.Equal(t, json404, w.Body.String(), "%s %s", method, path)
			require.Empty(t, w.Header().Get("Allow"), "%s %s", method, path)
		}
	}
	require.Empty(t, h.limiter.keys, "and nobody is counted")
	require.Equal(t, 200, h.ask("POST", "/api/v1.0/rooms/abc/enter/").Code)
}

func TestAllow_names_the_methods_that_are_on(t *testing.T) {
	behind := func(method, path string) module.Route {
		r := route(method, path, module.Session, "")
		r.Flag = "beta"
		return r
	}
	h := build(t, config.HTTP{}, core(
		route("GET", "/api/v1.0/rooms/", module.Session, ""), route("POST", "/api/v1.0/rooms/", module.Session, ""),
		behind("DELETE", "/api/v1.0/rooms/"), route("GET", "/api/v1.0/users/", module.Session, "")),
		httpx.Group{Flag: "module", Routes: []module.Route{route("GET", "/api/v1.0/module/", module.Session, "")}})
	me := []string{"X-Test-User", "8ad3a6b5-7b7e-4f2b-9c0e-0f2f4a1c7f10"}
	allow := func(method, path string, code int, header ...string) string {
		w := h.ask(method, path, header...)
		require.Equal(t, code, w.Code, path)
		return w.Header().Get("Allow")
	}
	require.Equal(t, "GET, POST, OPTIONS", allow("GET", "/api/v1.0/rooms/", 200, me...))
	require.Equal(t, "GET, POST, OPTIONS", allow("GET", "/api/v1.0/rooms/", 401))
	require.Equal(t, "GET, POST, OPTIONS", allow("DELETE", "/api/v1.0/rooms/", 405, me...))
	require.Equal(t, "GET, OPTIONS", allow("PUT", "/api/v1.0/users/", 405, me...))
	require.Empty(t, allow("GET", "/api/v1.0/module/", 404, me...))
	require.Empty(t, allow("OPTIONS", "/api/v1.0/module/", 404, me...))
	h.gates["beta"], h.gates["module"] = true, true
	require.Equal(t, "GET, POST, DELETE, OPTIONS", allow("POST", "/api/v1.0/rooms/", 200, me...))
	require.Equal(t, "GET, OPTIONS", allow("GET", "/api/v1.0/module/", 200, me...))
}

func TestOPTIONS_tells_the_methods_to_who_may_call(t *testing.T) {
	h := build(t, config.HTTP{}, core(route("GET", "/api/v1.0/users/", module.Session, ""), route("POST", "/api/v1.0/open/", module.Public, "")))
	require.Equal(t, 401, h.ask("OPTIONS", "/api/v1.0/users/").Code)
	w := h.ask("OPTIONS", "/api/v1.0/users/", "X-Test-User", "8ad3a6b5-7b7e-4f2b-9c0e-0f2f4a1c7f10")
	require.Equal(t, []any{200, "", "GET, OPTIONS"}, []any{w.Code, w.Body.String(), w.Header().Get("Allow")})
	w = h.ask("OPTIONS", "/api/v1.0/open")
	require.Equal(t, []any{200, "", "POST, OPTIONS"}, []any{w.Code, w.Body.String(), w.Header().Get("Allow")})
	require.Equal(t, 404, h.ask("OPTIONS", "/api/v1.0/nothing/").Code)

	h = build(t, config.HTTP{}, core(route("GET", "/api/v1.0/own/", module.Public, ""), route("OPTIONS", "/api/v1.0/own/", module.Public, "")))
	require.Equal(t, "GET, OPTIONS", h.ask("GET", "/api/v1.0/own/").Header().Get("Allow"))
	require.Equal(t, "GET, OPTIONS", h.ask("OPTIONS", "/api/v1.0/own/").Header().Get("Allow"))
}

func TestAccept_matters_for_JSON_only(t *testing.T) {
	page := route("GET", "/api/v1.0/docs/", module.Public, "")
	page.AnyType = true
	h := build(t, config.HTTP{}, core(page, route("GET", "/api/v1.0/config/", module.Public, "")))
	require.Equal(t, 200, h.ask("GET", "/api/v1.0/docs/", "Accept", "text/html").Code)
	require.Equal(t, 406, h.ask("GET", "/api/v1.0/config/", "Accept", "text/html").Code)
	require.Equal(t, 200, h.ask("GET", "/api/v1.0/config/", "Accept", "text/html, */*;q=0.1").Code)
}
