package httpx_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/sdk/module"
)

func TestRoutes_are_served_alike_with_and_without_the_last_slash(t *testing.T) {
	h := build(t, config.HTTP{}, core(
		route("GET", "/api/v1.0/rooms/:room/", module.Public, ""), route("POST", "/api/v1.0/rooms/", module.Public, "")))
	for _, x := range [][3]string{
		{"GET", "/api/v1.0/rooms/abc", `"room":"abc"`}, {"GET", "/api/v1.0/rooms/abc/", `"room":"abc"`},
		{"POST", "/api/v1.0/rooms", `"method":"POST"`}, {"POST", "/api/v1.0/rooms/?x=1", `"method":"POST"`},
		{"GET", "/api/v1.0/rooms/R%C3%A9union/", `"room":"Réunion"`}, {"GET", "/api/v1.0/rooms/r%c3%a9+u/", `"room":"ré+u"`},
		{"GET", "/api/v1.0/%72ooms/a%20b", `"room":"a b"`},
	} {
		w := h.ask(x[0], x[1])
		require.Equal(t, 200, w.Code, x[1])
		require.Contains(t, w.Body.String(), x[2], x[1])
	}
}

func TestUnknown_disabled_and_malformed_are_one_answer(t *testing.T) {
	off := module.Route{Method: "POST", Path: "/api/v1.0/off-route/", Flag: "feature", Access: module.Session, Handler: show}
	h := build(t, config.HTTP{},
		core(route("GET", "/api/v1.0/rooms/:room/", module.Session, ""), off),
		httpx.Group{Flag: "hello", Routes: []module.Route{route("GET", "/api/v1.0/off-group/", module.Session, "throttled")}})
	want := h.ask("GET", "/api/v1.0/unknown/", "X-Request-Id", "the-same-id")
	require.Equal(t, 404, want.Code)
	require.Equal(t, json404, want.Body.String())
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW"} {
		for _, path := range []string{
			"/api/v1.0/off-group/", "/api/v1.0/off-group", "/api/v1.0/off-route/", "/api/v1.0/off-route",
			"/api/v1.0/off-group/?format=xml", "/api/v1.0//off-group/", "/", "/api", "/api/v1.0/rooms/a%2Fb/", "/api/v1.0/rooms/a%2fb",
			"/api/v1.0/rooms/x.y/", "/api/v1.0/rooms/%2e%2e/", "/api/v1.0/rooms/a%00b/", "/api/v1.0/rooms/a/b/",
		} {
			w := h.ask(method, path, "X-Request-Id", "the-same-id")
			require.Equal(t, want.Code, w.Code, method+path)
			require.Equal(t, want.Body.String(), w.Body.String(), method+path)
			require.Equal(t, want.Header(), w.Header(), method+path)
		}
	}
	require.Empty(t, h.limiter.keys, "nobody counts what does not exist")
	h.gates["hello"], h.gates["feature"] = true, true
	require.Equal(t, 401, h.ask("GET", "/api/v1.0/off-group/").Code)
	require.Equal(t, 401, h.ask("POST", "/api/v1.0/off-route").Code)
}

func TestWrong_method_is_refused_after_the_paths_access_rule(t *testing.T) {
	h := build(t, config.HTTP{}, core(
		route("GET", "/api/v1.0/users/me/", module.Session, ""),
		route("GET", "/api/v1.0/config/", module.Public, ""),
		module.Route{Method: "POST", Path: "/api/v1.0/config/", Flag: "feature", Access: module.Public, Handler: show}))
	w := h.ask("DELETE", "/api/v1.0/users/me/")
	require.Equal(t, 401, w.Code)
	require.Equal(t, json401, w.Body.String())
	require.Equal(t, "Session", w.Header().Get("WWW-Authenticate"))
	w = h.ask("DELETE", "/api/v1.0/users/me", "X-Test-User", "7d2ff5e4-0000-4000-8000-000000000001")
	require.Equal(t, 405, w.Code)
	require.Equal(t, `{"detail":"Method \"DELETE\" not allowed."}`, w.Body.String())
	require.Equal(t, "GET, OPTIONS", w.Header().Get("Allow"))
	w = h.ask("POST", "/api/v1.0/config/")
	require.Equal(t, 405, w.Code, "a route that is off adds no method")
	require.Equal(t, "GET, OPTIONS", w.Header().Get("Allow"))
}

func TestHead_is_answered_as_get_in_every_placement(t *testing.T) {
	h := build(t, config.HTTP{}, core(route("GET", "/api/v1.0/config/", module.Public, "")))
	w := h.ask("HEAD", "/api/v1.0/config/")
	require.Equal(t, 200, w.Code)
	require.Contains(t, w.Body.String(), `"method":"GET"`, "the server, not the handler, leaves the body out")
}

func TestAccept_and_format_rules(t *testing.T) {
	h := build(t, config.HTTP{}, core(route("GET", "/api/v1.0/x/", module.Session, ""), route("GET", "/page/", module.Public, "")))
	user := []string{"X-Test-User", "7d2ff5e4-0000-4000-8000-000000000001"}
	for accept, status := range map[string]int{
		"": 200, "*/*": 200, "application/json": 200, "text/html,*/*;q=0.8": 200, "application/*": 200, "Application/JSON; indent=1": 200,
		"text/html": 406, "image/png": 406, "text/html, image/*": 406,
	} {
		w := h.ask("GET", "/api/v1.0/x/", append(user, "Accept", accept)...)
		require.Equal(t, status, w.Code, accept)
		if status == 406 {
			require.Equal(t, `{"detail":"Could not satisfy the request Accept header."}`, w.Body.String())
			require.Equal(t, 406, h.ask("GET", "/api/v1.0/x/", "Accept", accept).Code, "before authentication")
		}
	}
	require.Equal(t, 200, h.ask("GET", "/page/", "Accept", "text/html").Code)
	require.Equal(t, 200, h.ask("GET", "/api/v1.0/x/?format=json", user...).Code)
	require.Equal(t, 200, h.ask("GET", "/api/v1.0/x/?format=", user...).Code)
	require.Equal(t, 404, h.ask("GET", "/api/v1.0/x/?format=api", user...).Code)
}

func TestBuild_names_both_routes_that_conflict(t *testing.T) {
	a, b := route("GET", "/api/v1.0/a/", module.Public, ""), route("GET", "/api/v1.0/a/", module.Session, "")
	_, err := httpx.Build(httpx.Options{}, httpx.Group{Owner: "one", Routes: []module.Route{a}}, httpx.Group{Owner: "two", Routes: []module.Route{b}})
	require.ErrorContains(t, err, "GET /api/v1.0/a/")
	require.ErrorContains(t, err, "one")
	require.ErrorContains(t, err, "two")

	_, err = httpx.Build(httpx.Options{}, core(route("GET", "/x/:id/", module.Public, ""), route("GET", "/x/:room/y/", module.Public, "")))
	require.ErrorContains(t, err, "/x/:id")
	require.ErrorContains(t, err, "/x/:room")
}

func TestBuild_refuses_routes_that_are_no_routes(t *testing.T) {
	for _, r := range []module.Route{
		{Method: "GET", Path: "relative/", Handler: show}, {Method: "GET", Path: "/open", Handler: show},
		{Method: "GET", Path: "/no-handler/"}, {Path: "/no-method/", Handler: show}, {Method: "get", Path: "/lower/", Handler: show},
	} {
		_, err := httpx.Build(httpx.Options{}, core(r))
		require.Error(t, err, r.Path)
	}
}

func TestLimiter_counts_by_who_calls(t *testing.T) {
	h := build(t, config.HTTP{}, core(route("POST", "/a/:room/", module.Public, "scope"), route("POST", "/free/", module.Public, "")))
	h.ask("POST", "/free/")
	h.ask("POST", "/a/x/", "From", "192.0.2.7:1234")
	h.ask("POST", "/a/x/", "From", "[2001:db8:0:1:aaaa::1]:1234")
	h.ask("POST", "/a/x/", "From", "[2001:db8:0:1:bbbb::2]:4321")
	h.ask("POST", "/a/x/", "X-Test-User", "7D2FF5E4-0000-4000-8000-000000000001")
	h.ask("POST", "/a/x/", "X-Test-User", "7d2ff5e4-0000-4000-8000-000000000001", "X-Test-Token-Room", "r1", "X-Test-Identity", "i")
	h.ask("POST", "/a/x/", "X-Test-User", "7d2ff5e4-0000-4000-8000-000000000001", "X-Test-Program", "6f9b8c52-0000-4000-8000-000000000002")
	require.Equal(t, []string{
		"scope address:192.0.2.7", "scope address:2001:db8:0:1::/64", "scope address:2001:db8:0:1::/64",
		"scope user:7d2ff5e4-0000-4000-8000-000000000001", "scope token:r1:i",
		"scope application:6f9b8c52-0000-4000-8000-000000000002",
	}, h.limiter.keys)
	h.limiter.wait = 1500 * time.Millisecond
	w := h.ask("POST", "/a/x/", "Body", "not even JSON")
	require.Equal(t, 429, w.Code)
	require.Equal(t, "2", w.Header().Get("Retry-After"))
	require.Equal(t, `{"detail":"Request was throttled. Expected available in 2 seconds."}`, w.Body.String())
	h.limiter.wait, h.limiter.err = 0, errors.New("limiter is down")
	require.Equal(t, 503, h.ask("POST", "/a/x/").Code)
}

func TestRefusals_have_the_form_that_the_route_s_callers_read(t *testing.T) {
	r := route("POST", "/api/v1.0/status/", module.Session, "scope")
	r.RPCStatus = true
	h := build(t, config.HTTP{}, core(r))
	user := []string{"X-Test-User", "7d2ff5e4-0000-4000-8000-000000000001"}
	for _, method := range []string{"POST", "PUT"} {
		w := h.ask(method, "/api/v1.0/status/")
		require.Equal(t, 401, w.Code)
		require.Equal(t, "Session", w.Header().Get("WWW-Authenticate"))
		require.Equal(t, `{"error":{"code":401,"message":"Authentication credentials were not provided.","status":"UNAUTHENTICATED"}}`, w.Body.String())
	}
	require.Equal(t, 406, h.ask("POST", "/api/v1.0/status/", append(user, "Accept", "text/html")...).Code)
	h.limiter.wait = time.Second
	w := h.ask("POST", "/api/v1.0/status/", user...)
	require.Equal(t, 429, w.Code)
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	require.Equal(t, `{"error":{"code":429,"message":"Request was throttled. Expected available in 1 second.","status":"RESOURCE_EXHAUSTED"}}`, w.Body.String())
	h.limiter.wait, h.limiter.err = 0, errors.New("limiter is down")
	w = h.ask("POST", "/api/v1.0/status/", user...)
	require.Equal(t, 503, w.Code)
	require.NotContains(t, w.Body.String(), "down")
	h.limiter.err = nil
	require.Equal(t, 200, h.ask("POST", "/api/v1.0/status/", user...).Code)
}

func TestLimiter_counts_a_scope_by_its_own_key(t *testing.T) {
	h := build(t, config.HTTP{})
	h.options.LimitKeys = map[string]httpx.LimitKey{"guests": httpx.Guests}
	h.rebuild(core(route("POST", "/guests/", module.Public, "guests"), route("POST", "/all/", module.Public, "all")))
	user := []string{"X-Test-User", "7d2ff5e4-0000-4000-8000-000000000001"}
	h.limiter.wait = time.Second
	require.Equal(t, 200, h.ask("POST", "/guests/", user...).Code)
	require.Empty(t, h.limiter.keys, "who is signed in is not even counted")
	require.Equal(t, 429, h.ask("POST", "/guests/", "From", "192.0.2.7:1234").Code)
	require.Equal(t, 429, h.ask("POST", "/all/", user...).Code)
	require.Equal(t, []string{"guests address:192.0.2.7", "all user:7d2ff5e4-0000-4000-8000-000000000001"}, h.limiter.keys)
}

func TestPanics_are_answered_with_500_and_nothing_else(t *testing.T) {
	boom := module.Route{Method: "GET", Path: "/boom/", Access: module.Public, Handler: nil}
	boom.Handler = http.HandlerFunc(panicking)
	h := build(t, config.HTTP{}, core(boom))
	w := h.ask("GET", "/boom/?secret=hunter2")
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Equal(t, `{"detail":"Server error."}`, w.Body.String())
	require.Contains(t, h.logs.String(), "boom")
	require.False(t, strings.Contains(h.logs.String(), "hunter2"))
}
