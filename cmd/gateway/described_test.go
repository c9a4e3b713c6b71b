package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	coreapi "foyer/core/openapi"
	"foyer/core/openapi/openapitest"
	"foyer/sdk/module"
	"foyer/sdk/openapi"
)

func TestBuiltin_modules_describe_their_routes(t *testing.T) {
	t.Parallel()
	parts := coreapi.Parts()
	for _, m := range builtin() {
		if d, ok := m.(module.Describer); ok {
			parts = append(parts, openapi.Part{Name: m.Name(), Text: d.OpenAPI()})
		}
	}
	d, err := openapitest.New(coreapi.Base, parts)
	require.NoError(t, err)
	described := map[string]bool{}
	for path, item := range d.Doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+openapi.RoutePath(coreapi.Base, path)] = true
		}
	}
	for _, m := range builtin() {
		for _, r := range m.Routes() {
			name := r.Method + " " + r.Path
			require.Equal(t, strings.HasPrefix(r.Path, coreapi.Base), described[name],
				"%s of %s: routes of the core's base path are in its document, and no others", name, m.Name())
		}
	}
}
