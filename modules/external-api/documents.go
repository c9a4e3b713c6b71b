package externalapi

import (
	"foyer/modules/external-api/openapi"
	"foyer/modules/external-api/spaces"
	"foyer/sdk/module"
	described "foyer/sdk/openapi"
)

// documents are the routes of the two API documents and their pages: the external API's,
// and the facade's, which is served only while the facade is on.
func documents() []module.Route {
	routes := described.New(described.Options{Base: openapi.Base, Title: "Foyer for applications", Parts: openapi.Parts}).Routes()
	facade := described.New(described.Options{Base: openapi.SpacesBase, Title: "Spaces on Foyer", Parts: openapi.SpacesParts}).Routes()
	for _, r := range facade {
		r.Flag, r.Outside = spaces.Flag, true
		routes = append(routes, r)
	}
	return routes
}
