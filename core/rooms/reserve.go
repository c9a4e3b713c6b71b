package rooms

import (
	"strings"

	"foyer/sdk/module"
)

// Reserve keeps rooms from taking the names of routes: a room with such a slug
// could be neither fetched nor opened. It replaces what was reserved before;
// rooms that already have such a slug keep it.
func (w *Writer) Reserve(routes []module.Route) {
	names := routeNames(routes)
	w.names.Store(&names)
}

// routeNames are the path segments that stand where a room's slug could: at the
// root, where a room's page is, and next to the parameter "room".
func routeNames(routes []module.Route) map[string]bool {
	parents := map[string]bool{"/": true}
	for _, r := range routes {
		if parent, _, found := strings.Cut(r.Path, ":room/"); found {
			parents[parent] = true
		}
	}
	names := map[string]bool{}
	for _, r := range routes {
		for parent := range parents {
			rest, below := strings.CutPrefix(r.Path, parent)
			if name, _, _ := strings.Cut(rest, "/"); below && name != "" {
				names[name] = true
			}
		}
	}
	return names
}

// reserves reports whether a route has the name.
func (w *Writer) reserves(slug string) bool {
	names := w.names.Load()
	return names != nil && (*names)[slug]
}
