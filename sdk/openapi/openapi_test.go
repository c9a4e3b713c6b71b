package openapi_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
	"foyer/sdk/openapi"
)

const first = `
openapi: 3.1.0
info: {title: Things, version: '1'}
tags: [{name: Things}, {name: Others}]
paths:
  /things/:
    get: &list
      tags: [Things]
      responses: {200: {description: All things.}}
  /things/{id}/:
    put:
      tags: [Others]
      requestBody: {content: {}}
      responses: {'200': {description: 'The thing: é "<"'}, '413': {description: Its own.}}
`

const second = `
paths:
  /things/:
    post:
      tags: [Things]
      responses: {'201': {description: A thing.}}
components:
  schemas:
    Thing: {type: object}
`

func part(name, text string) openapi.Part { return openapi.Part{Name: name, Text: []byte(text)} }

// serve mounts the routes of a document as the host would.
func serve(d *openapi.Document) http.Handler {
	e := http.NewServeMux()
	for _, r := range d.Routes() {
		e.Handle(r.Method+" "+strings.TrimSuffix(r.Path, "/"), r.Handler)
	}
	return e
}

func get(t *testing.T, h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func document(parts ...openapi.Part) *openapi.Document {
	return openapi.New(openapi.Options{
		Base: "/things-api/v1.0/", Title: "Things <1>", Parts: func() []openapi.Part { return parts }, Log: slog.New(slog.DiscardHandler),
	})
}

// operations are the operations of a document and the statuses of each.
func operations(t *testing.T, text []byte) map[string][]string {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			Responses map[string]any `json:"responses"`
		} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(text, &doc), string(text))
	all := map[string][]string{}
	for path, item := range doc.Paths {
		for method, o := range item {
			all[method+" "+path] = nil
			for _, status := range []string{"200", "201", "406", "413", "415", "500", "503"} {
				if o.Responses[status] != nil {
					all[method+" "+path] = append(all[method+" "+path], status)
				}
			}
		}
	}
	return all
}

func TestDocument_is_composed_of_its_parts(t *testing.T) {
	text, err := document(part("first", first), part("second", second)).JSON()
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(text), `{"openapi":"3.1.0","info":{"title":"Things","version":"1"},"tags":[`), string(text))
	require.Contains(t, string(text), `"413":{"description":"Its own."}`)
	require.Contains(t, string(text), `"Thing":{"type":"object"}`)
	require.Contains(t, string(text), `"Detail":{`, "what all documents share")
	require.Equal(t, map[string][]string{
		"get /things/":      {"200", "406", "500", "503"},
		"post /things/":     {"201", "406", "500", "503"},
		"put /things/{id}/": {"200", "406", "413", "415", "500", "503"},
		"get /openapi.json": {"200", "406", "500", "503"},
	}, operations(t, text))
}

func TestDocument_shows_what_is_on_and_no_tag_without_operations(t *testing.T) {
	on := map[string]bool{"GET /v1/things/": true}
	d := openapi.New(openapi.Options{
		Base: "/v1/", Parts: func() []openapi.Part { return []openapi.Part{part("first", first)} },
		Shown: func(method, path string) bool { return on[method+" "+path] },
	})
	h := serve(d)
	shown := func() map[string][]string { return operations(t, get(t, h, "/v1/openapi.json").Body.Bytes()) }
	require.Equal(t, map[string][]string{"get /things/": {"200", "406", "500", "503"}}, shown())
	require.NotContains(t, get(t, h, "/v1/openapi.json").Body.String(), "Others")
	on["PUT /v1/things/:id/"] = true
	require.Len(t, shown(), 1, "it is kept")
	d.Invalidate()
	require.Len(t, shown(), 2)
}

func TestDocument_leaves_out_parts_that_cannot_be_taken(t *testing.T) {
	for what, bad := range map[string]string{
		"no YAML":                "paths: [",
		"no mapping":             "- paths",
		"nothing":                "",
		"an operation again":     "paths: {/things/: {get: {summary: mine}}}",
		"a schema again":         "components: {schemas: {Thing: {type: string}}}",
		"the title":              "info: {title: Mine}",
		"a path of another kind": "paths: {/things/: [1]}",
		"a list of another kind": "tags: {name: x}",
	} {
		var log bytes.Buffer
		parts := []openapi.Part{part("first", first), part("second", second), part("the bad one", bad+"\n"), part("last", "paths: {/last/: {get: {}}}")}
		d := openapi.New(openapi.Options{
			Base: "/v1/", Parts: func() []openapi.Part { return parts }, Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		text, err := d.JSON()
		require.NoError(t, err, what)
		require.Contains(t, log.String(), "the bad one", what)
		all := operations(t, text)
		require.Len(t, all, 5, what)
		require.Contains(t, all, "get /last/", what)
		require.NotContains(t, string(text), "ine", what)
	}
}

func TestDocument_is_served_compressed_to_who_accepts_it(t *testing.T) {
	h := serve(document(part("first", first)))
	plain := get(t, h, "/things-api/v1.0/openapi.json")
	require.Equal(t, http.StatusOK, plain.Code)
	require.Equal(t, "application/json", plain.Header().Get("Content-Type"))
	for accept, compressed := range map[string]bool{
		"gzip": true, "br, GZIP;q=0.5": true, "*": true, "identity": false, "gzip;q=0": false, "gzip; q=0.0, br": false, "": false,
	} {
		w := get(t, h, "/things-api/v1.0/openapi.json", "Accept-Encoding", accept)
		require.Equal(t, compressed, w.Header().Get("Content-Encoding") == "gzip", accept)
		require.Contains(t, w.Header().Values("Vary"), "Accept-Encoding")
		if !compressed {
			require.Equal(t, plain.Body.String(), w.Body.String())
			continue
		}
		require.Less(t, w.Body.Len(), plain.Body.Len())
		r, err := gzip.NewReader(w.Body)
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, plain.Body.String(), string(text))
		again := get(t, h, "/things-api/v1.0/openapi.json", "Accept-Encoding", accept, "If-None-Match", w.Header().Get("ETag"))
		require.Equal(t, http.StatusNotModified, again.Code)
	}
}

func TestPage_loads_from_here_and_nowhere_else(t *testing.T) {
	d := document(part("first", first))
	h := serve(d)
	page := get(t, h, "/things-api/v1.0/docs")
	require.Equal(t, http.StatusOK, page.Code)
	require.Equal(t, "text/html; charset=utf-8", page.Header().Get("Content-Type"))
	require.Contains(t, page.Body.String(), "<title>Things &lt;1&gt;</title>")
	require.NotContains(t, page.Body.String(), "//")
	policy := page.Header().Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'; script-src 'self';")
	require.NotContains(t, policy, "http")
	var script string
	for _, r := range d.Routes() {
		require.Equal(t, module.Public, r.Access)
		require.Equal(t, module.APIDocs, r.Flag)
		if path := strings.TrimSuffix(r.Path, "/"); strings.HasSuffix(path, ".js") {
			script = path
		}
	}
	require.Contains(t, page.Body.String(), fmt.Sprintf(`<script src="%s">`, script))
	code := get(t, h, script, "Accept-Encoding", "gzip")
	require.Equal(t, "text/javascript; charset=utf-8", code.Header().Get("Content-Type"))
	require.Contains(t, code.Header().Get("Cache-Control"), "immutable")
	r, err := gzip.NewReader(code.Body)
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Contains(t, string(text), "Redoc")
}
