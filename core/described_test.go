package core_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"foyer/core/module"
	"foyer/core/module/openapi"
	coreapi "foyer/core/openapi"
)

// description is the API document with all features on. Every answer that a
// test gets is held against it: one that is not described fails the test.
type description struct {
	doc   *openapi3.T
	paths []string // those without parameters first
}

var described = sync.OnceValues(func() (*description, error) {
	parts := coreapi.Parts()
	for _, m := range modules() {
		if d, ok := m.(module.Describer); ok {
			parts = append(parts, openapi.Part{Name: m.Name(), Text: d.OpenAPI()})
		}
	}
	text, err := openapi.New(openapi.Options{Base: coreapi.Base, Parts: func() []openapi.Part { return parts }}).JSON()
	if err != nil {
		return nil, err
	}
	return newDescription(text)
})

func newDescription(text []byte) (*description, error) {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	closeObjects(v)
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	d := &description{}
	if d.doc, err = openapi3.NewLoader().LoadFromData(text); err != nil {
		return nil, err
	}
	d.paths = d.doc.Paths.InMatchingOrder()
	return d, d.doc.Validate(context.Background())
}

// closeObjects has objects hold what is described and nothing else, which
// clients must not rely on, and tests do.
func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		_, properties := v["properties"].(map[string]any)
		_, said := v["additionalProperties"]
		if properties && !said && v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, x := range v {
			closeObjects(x)
		}
	case []any:
		for _, x := range v {
			closeObjects(x)
		}
	}
}

// find is the template of a path below the base.
func (d *description) find(u *url.URL) (string, bool) {
	segments := func(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }
	got := segments(strings.TrimPrefix(u.EscapedPath(), coreapi.Base))
	i := slices.IndexFunc(d.paths, func(path string) bool {
		return slices.EqualFunc(segments(path), got, func(want, s string) bool {
			return strings.HasPrefix(want, "{") && s != "" || want == s
		})
	})
	if i < 0 {
		return "", false
	}
	return d.paths[i], true
}

// nothingHere is what paths answer that do not exist, or are off.
const nothingHere = `{"detail":"Not found."}`

// check holds an answer against the document.
func (d *description) check(req *http.Request, resp *http.Response, body []byte) error {
	path, known := d.find(req.URL)
	method := req.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	input := &openapi3filter.RequestValidationInput{Request: req}
	var operation *openapi3.Operation
	if known {
		operation = d.doc.Paths.Value(path).GetOperation(method)
	}
	if operation == nil || resp.StatusCode == http.StatusNotFound && string(body) == nothingHere {
		return checkRefusal(resp, body)
	}
	input.Route = &routers.Route{Spec: d.doc, Path: path, Method: method, PathItem: d.doc.Paths.Value(path), Operation: operation}
	return openapi3filter.ValidateResponse(req.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
}

// checkRefusal is for what nobody described: unknown paths, and methods that a
// path does not have.
func checkRefusal(resp *http.Response, body []byte) error {
	var detail struct{ Detail string }
	if err := json.Unmarshal(body, &detail); err != nil || detail.Detail == "" {
		return fmt.Errorf("an operation that is not described: %d %.200s", resp.StatusCode, body)
	}
	if !slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed}, resp.StatusCode) {
		return fmt.Errorf("an operation that is not described: %d %.200s", resp.StatusCode, body)
	}
	return nil
}

// hold reads an answer of the API and holds it against the document.
func (h *house) hold(resp *http.Response) error {
	req := resp.Request
	preflight := req.Method == http.MethodOptions && req.Header.Get("Access-Control-Request-Method") != ""
	if "http://"+req.URL.Host != h.url || !strings.HasPrefix(req.URL.Path, coreapi.Base) || preflight ||
		strings.HasPrefix(req.URL.Path, coreapi.Base+"docs") {
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	d, err := described()
	if err == nil {
		err = d.check(req, resp, body)
	}
	if err != nil {
		h.Errorf("%s %s is not as the API document says: %v\n%d %.400s", req.Method, req.URL.Path, err, resp.StatusCode, body)
	}
	return nil
}
