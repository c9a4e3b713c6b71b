package core_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// Each target sends its input to every route that reads it, through the whole gateway:
// see gateway.survives for what must not happen.

func FuzzBodies_are_answered_by_every_route(f *testing.F) {
	g := newGateway(f)
	routes := g.routes(func(r module.Route) bool {
		return r.Method != http.MethodGet && r.Method != http.MethodDelete
	})
	for i, r := range routes {
		for _, body := range g.bodies(f, r) {
			f.Add(uint8(i), "application/json", body)
		}
	}
	for name, body := range hostile() {
		if len(body) < 10_000 {
			f.Add(uint8(len(name)), "application/json; charset=utf-8", body)
		}
	}
	f.Add(uint8(1), "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nA\r\n--x--\r\n")
	f.Add(uint8(2), "text/plain", "name=A")
	f.Fuzz(func(t *testing.T, route uint8, kind, body string) {
		r := routes[int(route)%len(routes)]
		g.survives(t, g.request(r.Method, g.fill(r.Path), body, g.signedIn("Content-Type", kind)))
	})
}

func FuzzNames_and_ids_in_paths_are_looked_up(f *testing.F) {
	g := newGateway(f)
	for _, s := range []string{
		"fuzzed", "Fuzzed!", g.room, strings.ToUpper(g.room), "{" + g.room + "}", "urn:uuid:" + g.room, strings.ReplaceAll(g.room, "-", ""),
		"R%C3%A9union", "%00", "%ff%fe", "%2F", "..%2f..", "x.y", "x.json", "%F0%9F%92%A9", "a+b", "a%20b", "'%20OR%201=1--", "-", "_", "%", "%zz", "me",
		strings.Repeat("%CC%81", 100), "0", "00000000-0000-0000-0000-000000000000", "creation-callback", ":room", "*",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, h := range []http.Header{{}, g.signedIn()} {
			for _, x := range []struct{ method, path string }{
				{http.MethodGet, "rooms/"}, {http.MethodPatch, "rooms/"}, {http.MethodPatch, "users/"}, {http.MethodGet, "resource-accesses/"},
				{http.MethodDelete, "resource-accesses/"}, {http.MethodGet, "recordings/"}, {http.MethodGet, ""},
			} {
				g.survives(t, g.request(x.method, "/api/v1.0/"+x.path+name+"/", "", h.Clone()))
			}
		}
	})
}

func FuzzCookies_sign_nobody_in(f *testing.F) {
	g := newGateway(f)
	f.Add("sessionid="+strings.Repeat("A", 43), "")
	f.Add("sessionid="+g.session+"x; csrftoken="+g.csrf, g.csrf)
	f.Add("sessionid=; sessionid=x; csrftoken=y; lobbyParticipantId=\x00", strings.Repeat("a", 64))
	f.Add("lobbyParticipantId=../../x; =; ;;; a=\"b", "x")
	f.Fuzz(func(t *testing.T, cookie, csrf string) {
		if strings.Contains(cookie, g.session) {
			return
		}
		h := http.Header{"Cookie": {cookie}, "X-Csrftoken": {csrf}}
		w := g.survives(t, g.request(http.MethodGet, "/api/v1.0/users/me/", "", h.Clone()))
		require.Equal(t, http.StatusUnauthorized, w.Code)
		for _, r := range g.routes(func(r module.Route) bool { return r.Access != module.Public }) {
			w := g.survives(t, g.request(r.Method, g.fill(r.Path), "", h.Clone()))
			if r.Access == module.Session {
				require.Equal(t, http.StatusUnauthorized, w.Code, r.Path)
			}
		}
	})
}

func FuzzAuthorization_admits_signed_tokens_only(f *testing.F) {
	g := newGateway(f)
	good, err := livekit.NewTokens(coretest.MediaKey, conf.NewSecret(coretest.MediaSecret)).
		Issue(livekit.TokenRequest{Room: g.room, Identity: "guest", TTL: time.Hour})
	require.NoError(f, err)
	parts := strings.Split(good, ".")
	for _, h := range []string{
		"Bearer " + good + "x", "Bearer " + parts[0] + "." + parts[1] + ".", "bearer", "Bearer a b", "Basic " + good, good, "Bearer ..",
		"Bearer eyJhbGciOiJub25lIn0." + parts[1] + ".", "\x00", "Bearer \xff", strings.Repeat("Bearer ", 100), "Bearer " + strings.Repeat("a.", 50),
	} {
		f.Add(h, "")
	}
	routes := g.routes(func(r module.Route) bool {
		switch r.Access {
		case module.LiveKitToken, module.LiveKitTokenOrSession, module.Own:
			return true
		}
		return strings.Contains(r.Path, "webhook")
	})
	require.NotEmpty(f, routes)
	signature := parts[2]
	f.Fuzz(func(t *testing.T, header, body string) {
		if strings.Contains(header, signature) {
			return
		}
		for _, r := range routes {
			w := g.survives(t, g.request(r.Method, g.fill(r.Path), body, http.Header{"Authorization": {header}, "Content-Type": {"application/json"}}))
			require.GreaterOrEqual(t, w.Code, 400, r.Path)
		}
	})
}

func FuzzQueries_give_pages(f *testing.F) {
	g := newGateway(f)
	for _, q := range []string{
		"page=1&page_size=1", "page=last", "page=0", "page=-1", "page=99999999999999999999", "page_size=1e9", "page=%00&page_size=%ff", "q=a%00b",
		"q=%F0%9F%92%A9&page=+1+", "username=%ff", "format=json", "format=xml", "page=1;page=2", "%zz", "&&&&", "page=1&page=2", "page=0x1", "page=١",
	} {
		f.Add(q)
	}
	lists := g.routes(func(r module.Route) bool {
		return r.Method == http.MethodGet && !r.AnyType && r.Access != module.Public
	})
	f.Fuzz(func(t *testing.T, query string) {
		for _, r := range lists {
			w := g.survives(t, g.request(r.Method, g.fill(r.Path)+"?"+query, "", g.signedIn()))
			if w.Code == http.StatusOK && strings.Contains(w.Body.String(), `"next":`) {
				checkLinks(t, query, w.Body.Bytes())
			}
		}
	})
}

// checkLinks checks that links to other pages keep the other parameters.
func checkLinks(t *testing.T, query string, body []byte) {
	t.Helper()
	var page struct{ Next, Previous *string }
	require.NoError(t, json.Unmarshal(body, &page))
	asked, _ := url.ParseQuery(query)
	asked.Del("page")
	for _, link := range []*string{page.Next, page.Previous} {
		if link == nil {
			continue
		}
		u, err := url.Parse(*link)
		require.NoError(t, err)
		got, err := url.ParseQuery(u.RawQuery)
		require.NoError(t, err)
		got.Del("page")
		require.Equal(t, asked, got)
	}
}
