package rooms

import (
	"strings"

	"foyer/sdk/module"
)

// Reserve keeps the names of routes from rooms: a room with such a slug could
// not be called, nor its page be opened. It replaces what was reserved before;
// rooms that have such a slug keep it.
func (w *Writer) Reserve(routes []module.Route) {
	names := routeNames(routes)
	w.names.Store(&names)
}

// routeNames are the segments of paths that stand where a room's slug could:
// where a page of a room is, which is at the root, and beside the parameter
// "room".
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

// reserves tells whether a route has the name.
func (w *Writer) reserves(slug string) bool {
	names := w.names.Load()
	return names != nil && (*names)[slug]
}
