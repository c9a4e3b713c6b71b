package core_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	coreapi "foyer/core/openapi"
	"foyer/sdk/module"
	"foyer/sdk/openapi"
)

func TestDocument_describes_every_route_and_nothing_else(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	d, err := coretest.Described()
	require.NoError(t, err)
	routes := map[string]module.Route{}
	for _, g := range h.App.Groups() {
		for _, r := range g.Routes {
			if coretest.Holds(r.Path) {
				routes[r.Method+" "+r.Path] = r
			}
		}
	}
	for path, item := range d.Doc.Paths.Map() {
		for method, o := range item.Operations() {
			name := method + " " + openapi.RoutePath(coreapi.Base, path)
			r, there := routes[name]
			require.True(t, there, "%s is described and is not a route", name)
			delete(routes, name)
			require.NotEmpty(t, o.Summary, name)
			require.Len(t, o.Tags, 1, name)
			require.Equal(t, security(r), securityOf(t, o), "credentials of %s", name)
			require.Equal(t, r.Limit != "", o.Responses.Status(http.StatusTooManyRequests) != nil, "throttle of %s", name)
		}
	}
	for name := range routes {
		t.Errorf("%s is not described", name)
	}
}

// security returns what a route's access rule accepts: sets of credentials, "" = none.
func security(r module.Route) []string {
	session := "session"
	if r.Method != http.MethodGet {
		session = "csrf+session"
	}
	switch r.Access {
	case module.SessionOptional:
		return []string{"", session}
	case module.Session:
		return []string{session}
	case module.LiveKitToken:
		return []string{"livekit"}
	case module.LiveKitTokenOrSession:
		return slices.Sorted(slices.Values([]string{"livekit", session}))
	}
	return []string{}
}

func securityOf(t *testing.T, o *openapi3.Operation) []string {
	t.Helper()
	require.NotNil(t, o.Security, o.OperationID)
	sets := []string{}
	for _, one := range *o.Security {
		var names []string
		for name := range one {
			names = append(names, name)
		}
		slices.Sort(names)
		sets = append(sets, strings.Join(names, "+"))
	}
	slices.Sort(sets)
	return sets
}

func TestDocument_is_good_for_readers(t *testing.T) {
	t.Parallel()
	d, err := coretest.Described()
	require.NoError(t, err)
	require.True(t, d.Doc.IsOpenAPI31OrLater())
	ids := map[string]bool{}
	tags := map[string]bool{}
	for _, tag := range d.Doc.Tags {
		tags[tag.Name] = true
	}
	for path, item := range d.Doc.Paths.Map() {
		for method, o := range item.Operations() {
			name := method + " " + path
			require.False(t, ids[o.OperationID] || o.OperationID == "", "id of %s", name)
			ids[o.OperationID] = true
			require.True(t, tags[o.Tags[0]], "%s has the tag %s", name, o.Tags[0])
			require.False(t, strings.HasSuffix(o.Summary, "."), "%s: %s", name, o.Summary)
		}
	}
}

func TestDocument_shows_what_is_on(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	const path = "/rooms/{room}/start-subtitle/"
	shown := func() bool {
		a := h.Anonymous().Get("/api/v1.0/openapi.json")
		require.Equal(t, http.StatusOK, a.Status)
		doc, err := openapi3.NewLoader().LoadFromData([]byte(a.Body))
		require.NoError(t, err)
		require.NoError(t, doc.Validate(t.Context()))
		require.NotNil(t, doc.Paths.Value("/rooms/{room}/"))
		return doc.Paths.Value(path) != nil
	}
	require.True(t, shown())
	off, _, err := config.Load(config.Source{Modules: coretest.Modules})
	require.NoError(t, err)
	h.App.Apply(off)
	require.Eventually(t, func() bool { return !shown() }, coretest.WaitLong, coretest.WaitShort)
}

func TestDocument_can_be_switched_off(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.HTTP.APIDocs = false })
	for _, path := range []string{"openapi.json", "openapi.json/", "docs", "docs/", "docs/redoc-2.5.4.js"} {
		h.Anonymous().Get(coreapi.Base+path).Is(http.StatusNotFound, coretest.NothingHere)
	}
}

// The check has to find what is wrong, or it proves nothing.
func TestAnswers_that_are_not_described_are_found(t *testing.T) {
	t.Parallel()
	d, err := coretest.Described()
	require.NoError(t, err)
	const room = `{"id":"8ad3a6b5-7b7e-4f2b-9c0e-0f2f4a1c7f10","name":"x","slug":"x","configuration":{},"access_level":"public"`
	for what, x := range map[string]struct {
		method, path string
		status       int
		header, body string
		good         bool
	}{
		"as described":            {"GET", "rooms/x/", 200, "", room + `}`, true},
		"a key too many":          {"GET", "rooms/x/", 200, "", room + `,"owner":"ada"}`, false},
		"a nested key too many":   {"GET", "rooms/x/", 200, "", room + `,"livekit":{"url":"","room":"","token":"","secret":""}}`, false},
		"a key missing":           {"GET", "rooms/x/", 200, "", `{"id":null,"slug":"x"}`, false},
		"an unknown level":        {"PATCH", "rooms/x/", 200, "", strings.Replace(room, "public", "open", 1) + `}`, false},
		"no JSON":                 {"GET", "rooms/x/", 200, "", `<html>`, false},
		"another status":          {"GET", "rooms/x/", 202, "", room + `}`, false},
		"a body with 204":         {"DELETE", "rooms/x/", 200, "", `{}`, false},
		"an unknown operation":    {"POST", "rooms/x/frobnicate/", 200, "", `{"status":"success"}`, false},
		"an unknown path":         {"GET", "nothing/", 404, "", coretest.NothingHere, true},
		"an unknown method":       {"PUT", "config/", 405, "", `{"detail":"Method \"PUT\" not allowed."}`, true},
		"without the challenge":   {"GET", "users/me/", 401, "", coretest.NoCredentials, false},
		"with the challenge":      {"GET", "users/me/", 401, "Session", coretest.NoCredentials, true},
		"an error of another key": {"GET", "users/me/", 401, "Session", `{"error":"no"}`, false},
	} {
		req := &http.Request{Method: x.method, URL: &url.URL{Path: coreapi.Base + x.path}}
		resp := &http.Response{StatusCode: x.status, Header: http.Header{"Content-Type": {"application/json"}}}
		if x.header != "" {
			resp.Header.Set("WWW-Authenticate", x.header)
		}
		err := d.Check(req, resp, []byte(x.body))
		require.Equal(t, x.good, err == nil, "%s: %v", what, err)
	}
}
