package externalapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"foyer/core/openapi/openapitest"
	"foyer/flags"
	externalapi "foyer/modules/external-api"
	"foyer/modules/external-api/openapi"
	"foyer/sdk/module"
	described "foyer/sdk/openapi"
)

// document is one of the two API documents, by base path.
type document struct {
	base string
	*openapitest.Description
}

var documents = sync.OnceValues(func() (all []document, err error) {
	for base, parts := range map[string][]described.Part{openapi.Base: openapi.Parts(), openapi.SpacesBase: openapi.SpacesParts()} {
		d, err := openapitest.New(base, parts)
		if err != nil {
			return nil, err
		}
		all = append(all, document{base, d})
	}
	return all, nil
})

// hold checks an answer against the document for its path.
func (w *world) hold(method, path string, a answer) {
	w.Helper()
	path, _, _ = strings.Cut(path, "?")
	all, err := documents()
	require.NoError(w, err)
	for _, d := range all {
		known := d.base == openapi.Base && strings.HasPrefix(path, "/.well-known/")
		if !known && !strings.HasPrefix(path, d.base) || strings.HasPrefix(path, d.base+"docs/") {
			continue
		}
		req := &http.Request{Method: method, URL: &url.URL{Path: path}}
		resp := &http.Response{StatusCode: a.Status, Header: a.Header}
		if err := d.Check(req, resp, []byte(a.Body)); err != nil {
			w.Errorf("%s %s is not as its document says: %v\n%d %.400s", method, path, err, a.Status, a.Body)
		}
	}
}

func TestDocuments_describe_every_route_and_nothing_else(t *testing.T) {
	all, err := documents()
	require.NoError(t, err)
	routes := map[string]module.Route{}
	for _, r := range externalapi.New().Routes() {
		r.Path = strings.TrimSuffix(r.Path, "*issuer") // described by the bare path
		if !strings.Contains(r.Path, "/docs/") && (strings.HasPrefix(r.Path, "/.well-known/") || strings.HasPrefix(r.Path, openapi.Base) || strings.HasPrefix(r.Path, openapi.SpacesBase)) {
			routes[r.Method+" "+r.Path] = r
		}
	}
	for _, d := range all {
		tags := map[string]bool{}
		for _, tag := range d.Doc.Tags {
			tags[tag.Name] = true
		}
		ids := map[string]bool{}
		for path, item := range d.Doc.Paths.Map() {
			for method, o := range item.Operations() {
				name := method + " " + described.RoutePath(d.base, path)
				require.Contains(t, routes, name)
				delete(routes, name)
				require.NotEmpty(t, o.Summary, name)
				require.True(t, tags[o.Tags[0]], name)
				require.False(t, ids[o.OperationID], name)
				ids[o.OperationID] = true
			}
		}
	}
	require.Empty(t, routes, "not described")
}

func TestDocuments_are_served_beside_what_they_describe(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{flags: []module.Flag{flags.APIDocs, "external_api_spaces"}})
		for base, title := range map[string]string{openapi.Base: "Foyer for applications", openapi.SpacesBase: "Spaces on Foyer"} {
			a := w.get("", base+"openapi.json")
			doc, err := openapi3.NewLoader().LoadFromData([]byte(a.Body))
			require.NoError(t, err)
			require.NoError(t, doc.Validate(t.Context()))
			require.True(t, doc.IsOpenAPI31OrLater())
			page := w.get("", base+"docs/")
			require.Equal(t, 200, page.Status)
			require.Contains(t, page.Body, "<title>"+title+"</title>")
		}
		w = open(t, p, settings{flags: []module.Flag{flags.APIDocs}})
		w.get("", openapi.SpacesBase+"openapi.json").is(404, notFound)
	})
}
