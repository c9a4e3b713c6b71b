package core

import (
	"maps"
	"slices"

	coreapi "foyer/core/openapi"
	"foyer/flags"
	"foyer/sdk/module"
	"foyer/sdk/openapi"
)

// openDocument builds the API document of the core and of the modules with routes
// below its base path. It shows only what is on.
func (a *App) openDocument() {
	a.document = openapi.New(openapi.Options{
		Base: coreapi.Base, Title: "Foyer API", Parts: a.describe, Shown: a.shown, Log: a.log,
	})
}

func (a *App) describe() []openapi.Part {
	parts := coreapi.Parts()
	modules := a.catalog.Describes()
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		parts = append(parts, openapi.Part{Name: "module " + name, Text: modules[name]})
	}
	return parts
}

// shown reports whether a route exists and its flags are on.
func (a *App) shown(method, path string) bool {
	on := func(key flags.Key) bool { return key == "" || a.gates.On(key) }
	for _, g := range a.groups() {
		if on(g.Flag) && slices.ContainsFunc(g.Routes, func(r module.Route) bool {
			return r.Method == method && r.Path == path && on(r.Flag)
		}) {
			return true
		}
	}
	return false
}
