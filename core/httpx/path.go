package httpx

import (
	"net/http"
	"slices"
	"strings"
)

// decoded has paths matched as they read, however they were escaped. Only where
// a segment holds an escaped slash the escaped form is kept, so that it does
// not end the segment; such a path is unknown then.
type decoded struct {
	http.Handler
	paths map[string][]mounted
	rests [][]string
}

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
	if !found || !strings.HasPrefix(path, "/api/") || strings.HasSuffix(bare, "/") || d.paths[bare+".json/"] != nil || d.isRest(path) {
		return path
	}
	return bare + "/"
}

// isRest tells whether a route takes all that is below some part of the path: the
// end is a name there.
func (d decoded) isRest(path string) bool {
	return slices.ContainsFunc(d.rests, func(above []string) bool {
		segments := segmentsOf(path)
		if len(segments) <= len(above) {
			return false
		}
		for i, want := range above {
			if segments[i] != want && !isParameter(want) {
				return false
			}
		}
		return true
	})
}

// restsOf are the paths, in segments, that a route takes all of what is below.
func restsOf(paths map[string][]mounted) (all [][]string) {
	for path := range paths {
		if segments := segmentsOf(path); len(segments) > 0 && segments[len(segments)-1][0] == '*' {
			all = append(all, segments[:len(segments)-1])
		}
	}
	return all
}
