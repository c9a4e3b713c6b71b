package core

import (
	"net/http"

	coreapi "foyer/core/openapi"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// rootRoutes is the root of the API: its collections by name, as absolute URLs
// (core-rest.md 1.1).
func (a *App) rootRoutes() []module.Route {
	return []module.Route{{Method: http.MethodGet, Path: coreapi.Base, Access: module.Public, Handler: http.HandlerFunc(a.root)}}
}

func (a *App) root(w http.ResponseWriter, r *http.Request) {
	links := map[string]string{}
	origin, _ := module.Origin(r)
	for _, name := range []string{"users", "rooms", "recordings", "files", "resource-accesses"} {
		if path := coreapi.Base + name + "/"; a.shown(http.MethodGet, path) {
			links[name] = origin + path
		}
	}
	reply.JSON(w, r, http.StatusOK, links)
}
