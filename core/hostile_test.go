package core_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
)

// hostile returns bodies that nobody sends with good intentions.
func hostile() map[string]string {
	nested := func(open, end string, n int) string {
		return `{"name":"x","configuration":` + strings.Repeat(open, n) + `1` + strings.Repeat(end, n) + `}`
	}
	return map[string]string{
		"NUL in the name":             `{"name":"a\u0000b"}`,
		"NUL itself":                  "{\"name\":\"a\x00b\"}",
		"NUL in a key":                `{"name":"x","configuration":{"a\u0000":1}}`,
		"invalid UTF-8":               "{\"name\":\"\xff\xfe\"}",
		"UTF-16":                      "\xff\xfe{\x00}\x00",
		"1,000 lists deep":            nested("[", "]", 1000),
		"1,000 objects deep":          nested(`{"a":`, "}", 1000),
		"100,000 lists deep":          strings.Repeat("[", 100_000),
		"10 MB":                       `{"name":"` + strings.Repeat("a", 10<<20) + `"}`,
		"10 MB of white space":        `{"name":"x"` + strings.Repeat(" ", 10<<20) + `}`,
		"duplicate keys":              `{"name":"a","name":"b"}`,
		"duplicate keys inside":       `{"name":"a","configuration":{"everyone_can_mute":true,"everyone_can_mute":false}}`,
		"two values":                  `{"name":"a"}{"name":"b"}`,
		"not a number":                `{"name":NaN}`,
		"a number out of bounds":      `{"name":"x","configuration":{"everyone_can_mute":1e99999}}`,
		"a zero no database takes":    `{"name":"x","configuration":{"everyone_can_mute":0e-99999999}}`,
		"a one of many digits":        `{"name":"x","configuration":{"everyone_can_mute":1.` + strings.Repeat("0", 20_000) + `}}`,
		"half a surrogate as a level": `{"name":"x","access_level":"\ud800"}`,
		"many unknown keys":           `{"name":"x","configuration":{` + manyKeys(20_000) + `}}`,
		"a list":                      `[]`,
		"null":                        `null`,
		"cut off":                     `{"name":"x`,
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"k%d":1,`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

func TestHostile_bodies_are_refused_and_change_nothing(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		ada := h.SignIn("ada")
		room := ada.Create(coretest.Object{"name": "Weekly"})
		path := "/api/v1.0/rooms/weekly/"
		for name, body := range hostile() {
			for _, x := range []struct{ method, path string }{
				{http.MethodPost, "/api/v1.0/rooms/"}, {http.MethodPatch, path}, {http.MethodPost, path + "request-entry/"}, {http.MethodPost, path + "enter/"},
			} {
				a := ada.Send(x.method, x.path, body)
				require.GreaterOrEqual(t, a.Status, 400, name)
				require.Less(t, a.Status, 500, "%s: %s", name, a.Body)
				require.Equal(t, "application/json", a.Header.Get("Content-Type"), name)
			}
		}
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "application/xml", "junk", "multipart/form-data"} {
			a := ada.Send(http.MethodPost, "/api/v1.0/rooms/", `{"name":"x"}`, "Content-Type", kind)
			require.Contains(t, []int{http.StatusBadRequest, http.StatusUnsupportedMediaType}, a.Status, kind)
		}
		got := ada.Get("/api/v1.0/rooms/").JSON()
		require.EqualValues(t, 1, got["count"], "a hostile body made a room")
		got = ada.Get(path).JSON()
		require.Equal(t, []any{room["id"], "Weekly", coretest.Object{}}, []any{got["id"], got["name"], got["configuration"]})
	})
}

func TestHostile_paths_and_queries_are_no_server_errors(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		ada := h.SignIn("ada")
		for _, path := range []string{
			"rooms/%00/", "rooms/a%00b/", "rooms/%ff%fe/", "rooms/%2F/", "rooms/x.y/", "rooms/..%2f..%2fetc/", "rooms/%F0%9F%92%A9/",
			"rooms/" + strings.Repeat("a", 5000) + "/", "rooms/" + strings.Repeat("%CC%81", 2000) + "/", "rooms/'%20OR%201=1--/",
			"rooms/x/?username=%00%ff", "rooms/x/?username=" + strings.Repeat("z", 3000), "rooms/?page=%00", "rooms/?page_size=%ff&page=%F0",
			"rooms/?page_size=99999999999999999999", "rooms/?%zz", "rooms/x/?format=html", "rooms/x/?" + strings.Repeat("a&", 2000),
		} {
			a := ada.Get("/api/v1.0/" + path)
			require.Less(t, a.Status, 500, "%.60s: %s", path, a.Body)
		}
	})
}
