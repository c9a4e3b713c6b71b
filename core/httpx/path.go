package httpx

import (
	"net/http"
	"strings"
)

// decoded has paths matched as they read, however they were escaped. Only where
// a segment holds an escaped slash the escaped form is kept, so that it does
// not end the segment; such a path is unknown then.
type decoded struct {
	http.Handler
	paths map[string][]mounted
}

// ServeHTTP is http.Handler.
func (d decoded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if raw := r.URL.RawPath; raw != "" {
		if strings.Contains(raw, "%2F") || strings.Contains(raw, "%2f") {
			r.URL.RawPath = strings.ReplaceAll(raw, "+", "%2B") // gin reads "+" as a space
		} else {
			r.URL.RawPath = ""
		}
	}
	if r.URL.RawPath == "" {
		r.URL.Path = d.withoutFormat(r.URL.Path)
	}
	d.Handler.ServeHTTP(w, r)
}

// withoutFormat takes ".json" from the end of a path of the API, which may name
// the form of its answer (core-rest.md 1.1), unless a route is called so.
func (d decoded) withoutFormat(path string) string {
	bare, found := strings.CutSuffix(strings.TrimSuffix(path, "/"), ".json")
	if !found || !strings.HasPrefix(path, "/api/") || strings.HasSuffix(bare, "/") || d.paths[bare+".json/"] != nil {
		return path
	}
	return bare + "/"
}
