package core_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/internal/dev/livekitdev"
)

// unreadable returns the hostile bodies that no route can accept, whatever its fields
// are.
func unreadable() map[string]string {
	all := hostile()
	maps.DeleteFunc(all, func(name, _ string) bool {
		return !slices.Contains([]string{
			"NUL itself", "invalid UTF-8", "UTF-16", "1,000 lists deep", "1,000 objects deep", "100,000 lists deep", "10 MB", "duplicate keys",
			"duplicate keys inside", "two values", "not a number", "a list", "null", "cut off",
		}, name)
	})
	return all
}

func TestHostile_bodies_are_refused_by_every_route_and_change_nothing(t *testing.T) {
	t.Parallel()
	server := livekitdev.StartT(t, livekitdev.Options{})
	w := newWorld(coretest.Open(t, coretest.Engines["sqlite"], coretest.Media(server), unwatched), server)
	before := w.everything()
	for _, r := range rowsOf(t, matrix) {
		if r.body == "" || strings.Contains(r.path, "=missing") {
			continue
		}
		for name, body := range unreadable() {
			a := w.ask(cell{row: &row{method: r.method, path: r.path, body: body}, caller: "owner"})
			require.GreaterOrEqual(t, a.Status, 400, "%s %s: %s", r.method, r.path, name)
			require.Less(t, a.Status, 500, "%s %s: %s: %s", r.method, r.path, name, a.Body)
		}
		for name, body := range spoiled(t, r.body) {
			a := w.ask(cell{row: &row{method: r.method, path: r.path, body: body}, caller: "owner"})
			require.Less(t, a.Status, 500, "%s %s: %s: %s", r.method, r.path, name, a.Body)
		}
	}
	require.Equal(t, before, w.everything())
}

// spoiled returns valid bodies with one invalid field each.
func spoiled(t *testing.T, body string) map[string]string {
	t.Helper()
	all := map[string]string{}
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(body), &fields), body)
	for field := range fields {
		for what, value := range map[string]string{
			"NUL": `"a\u0000b"`, "half a surrogate": `"\ud800"`, "a list of lists": `[[[[]]]]`, "an object": `{"a":{"b":[]}}`, "true": `true`,
			"null": `null`, "a huge number": `1e999999`, "many digits": strings.Repeat("9", 5000), "long text": `"` + strings.Repeat("é", 100_000) + `"`,
			"nothing": `""`, "space": `" \u2003\t "`, "right to left": `"\u202eevil"`, "a line break": `"a\r\nBcc: x@example.org"`,
		} {
			changed := maps.Clone(fields)
			changed[field] = json.RawMessage(value)
			text, err := json.Marshal(changed)
			if err != nil { // not a JSON number for this library
				text = fmt.Appendf(nil, `{"%s":%s}`, field, value)
			}
			all[field+" is "+what] = string(text)
		}
	}
	return all
}

// everything returns what the staff can see that the requests could have changed. Rooms
// created by the requests themselves are left out.
func (w *world) everything() (all []string) {
	w.Helper()
	for _, path := range []string{"rooms/" + w.live + "/", "rooms/" + w.other + "/", "users/me/"} {
		o := w.Who["ada"].Get("/api/v1.0/" + path).JSON()
		delete(o, "livekit") // every token is different
		text, err := json.Marshal(o)
		require.NoError(w, err)
		all = append(all, string(text))
	}
	return all
}

func TestHostile_methods_are_refused(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	ada.Create(coretest.Object{"name": "Weekly"})
	for _, path := range []string{"rooms/", "rooms/weekly/", "users/me/", "config/", "resource-accesses/", "rooms/weekly/start-subtitle/", "rooms/webhooks-livekit/"} {
		path = "/api/v1.0/" + path
		for _, method := range []string{http.MethodOptions, http.MethodTrace, http.MethodConnect, "BREW", "get", "PROPFIND"} {
			a := ada.Send(method, path, nil)
			if method == http.MethodOptions && a.Status == http.StatusOK {
				require.Empty(t, a.Body, path)
			} else {
				require.Contains(t, []int{403, 404, 405}, a.Status, "%s %s: %s", method, path, a.Body)
			}
			require.Equal(t, a.Status != http.StatusNotFound, a.Header.Get("Allow") != "", "%s %s", method, path)
		}
		got, head := ada.Get(path), ada.Send(http.MethodHead, path, nil)
		require.Equal(t, got.Status, head.Status, path)
		require.Empty(t, head.Body)
		require.Equal(t, got.Header.Get("Content-Type"), head.Header.Get("Content-Type"))
	}
	require.EqualValues(t, 1, ada.Get("/api/v1.0/rooms/").JSON()["count"])
}

func TestHostile_headers_are_refused(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	ada.Create(coretest.Object{"name": "Weekly"})
	const token = "Bearer "
	for name, x := range map[string]struct {
		header []string
		status []int
	}{
		"a header of 1 MB":        {[]string{"X-Big", strings.Repeat("a", 1<<20)}, []int{431}},
		"a cookie of 30 kB":       {[]string{"Cookie", "sessionid=" + strings.Repeat("a", 30_000)}, []int{200}}, // the jar's own is sent too
		"a thousand cookies":      {[]string{"Cookie", strings.Repeat("sessionid=x; ", 1000)}, []int{200}},      // all alike: the jar's own is among the ten that are looked at
		"a token of 30 kB":        {[]string{"Authorization", token + strings.Repeat("a", 30_000)}, []int{200}},
		"ten thousand wildcards":  {[]string{"Accept", strings.Repeat("text/*,", 3000)}, []int{406}},
		"a language of 20 kB":     {[]string{"Accept-Language", strings.Repeat("fr,", 7000)}, []int{200}},
		"a chain of 3,000 hops":   {[]string{"X-Forwarded-For", strings.Repeat("1.1.1.1,", 3000)}, []int{200}},
		"a host that is not ours": {[]string{"X-Forwarded-Host", "evil.example"}, []int{200}},
		"headers of the inside":   {[]string{"X-Foyer-Caller", "somebody else"}, []int{200}},
	} {
		a := ada.Get("/api/v1.0/users/me/", x.header...)
		require.Contains(t, x.status, a.Status, "%s: %s", name, a.Body)
	}
	a := h.Anonymous().Get("/api/v1.0/users/me/", "X-Foyer-Caller", `{"user_id":"`+ada.Get("/api/v1.0/users/me/").JSON()["id"].(string)+`"}`)
	a.Is(http.StatusUnauthorized, coretest.NoCredentials)
}

func TestHostile_queries_are_answered(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	ada.Create(coretest.Object{"name": "Weekly"})
	many := strings.Repeat("page_size=1&", 2500)
	ada.Get("/api/v1.0/rooms/?"+many+"page=1").Is(http.StatusOK, ada.Get("/api/v1.0/rooms/?page_size=1").Body)
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, ada.Get("/api/v1.0/rooms/?"+strings.Repeat("a=b&", 20_000)).Status)
}
