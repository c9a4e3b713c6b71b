package httpx

import (
	"net/http"
	"slices"
	"strings"
)

// decoded has paths matched as they read, however they were escaped. Only a
// segment holding an escaped slash keeps its escaped form, so that the slash does
// not end the segment; such a path is then unknown.
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

// withoutFormat cuts ".json" off the end of an API path, where it may name the
// format of the answer (core-rest.md 1.1), unless a route is named that way.
func (d decoded) withoutFormat(path string) string {
	bare, found := strings.CutSuffix(strings.TrimSuffix(path, "/"), ".json")
	if !found || !strings.HasPrefix(path, "/api/") || strings.HasSuffix(bare, "/") || d.paths[bare+".json/"] != nil || d.isRest(path) {
		return path
	}
	return bare + "/"
}

// isRest reports whether a route takes everything below some part of the path:
// its end is a name then.
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

// restsOf returns the paths, in segments, below which a route takes everything.
func restsOf(paths map[string][]mounted) (all [][]string) {
	for path := range paths {
		if segments := segmentsOf(path); len(segments) > 0 && segments[len(segments)-1][0] == '*' {
			all = append(all, segments[:len(segments)-1])
		}
	}
	return all
}
