package openapitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"foyer/sdk/openapi"
)

// Description is a document with all features on.
type Description struct {
	// Doc is the document, its objects closed.
	Doc *openapi3.T

	base  string
	paths []string // those without parameters first
}

// New composes the document from the parts, served below base, and checks it.
func New(base string, parts []openapi.Part) (*Description, error) {
	text, err := openapi.New(openapi.Options{Base: base, Parts: func() []openapi.Part { return parts }}).JSON()
	if err != nil {
		return nil, err
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	closeObjects(v)
	if text, err = json.Marshal(v); err != nil {
		return nil, err
	}
	d := &Description{base: base}
	if d.Doc, err = openapi3.NewLoader().LoadFromData(text); err != nil {
		return nil, err
	}
	d.paths = d.Doc.Paths.InMatchingOrder()
	return d, d.Doc.Validate(context.Background())
}

// closeObjects makes objects contain only what is described. Clients must not
// rely on that, but tests do.
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

// find returns the template of a path below the base.
func (d *Description) find(u *url.URL) (string, bool) {
	segments := func(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }
	got := segments(strings.TrimPrefix(u.EscapedPath(), d.base))
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

// NotFound is the answer of paths that do not exist, or are off.
const NotFound = `{"detail":"Not found."}`

// Check checks an answer against the document: body is that of resp.
func (d *Description) Check(req *http.Request, resp *http.Response, body []byte) error {
	path, known := d.find(req.URL)
	method := req.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	input := &openapi3filter.RequestValidationInput{Request: req}
	var operation *openapi3.Operation
	if known {
		operation = d.Doc.Paths.Value(path).GetOperation(method)
	}
	if operation == nil || resp.StatusCode == http.StatusNotFound && string(body) == NotFound {
		return checkRefusal(req, resp, body)
	}
	if operation.Responses.Status(http.StatusServiceUnavailable) == nil && resp.StatusCode == http.StatusServiceUnavailable {
		return checkAway(resp, body)
	}
	input.Route = &routers.Route{Spec: d.Doc, Path: path, Method: method, PathItem: d.Doc.Paths.Value(path), Operation: operation}
	return openapi3filter.ValidateResponse(req.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
}

// checkAway is for what documents say about all operations: while the database is
// away they answer 503, in the format of their errors, and say when to come back.
func checkAway(resp *http.Response, body []byte) error {
	var texts map[string]string
	if err := json.Unmarshal(body, &texts); err != nil || len(texts) != 1 {
		return fmt.Errorf("503 in no form of an error: %.200s", body)
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err != nil || seconds < 1 {
		return fmt.Errorf("503 that does not say when to come back: %q", resp.Header.Get("Retry-After"))
	}
	return nil
}

// checkRefusal is for what is not described: unknown paths, and methods that a
// path does not have.
func checkRefusal(req *http.Request, resp *http.Response, body []byte) error {
	if req.Method == http.MethodHead || req.Method == http.MethodOptions && resp.StatusCode == http.StatusOK && len(body) == 0 {
		return nil
	}
	var detail struct{ Detail string }
	if err := json.Unmarshal(body, &detail); err != nil || detail.Detail == "" {
		return fmt.Errorf("an operation that is not described: %d %.200s", resp.StatusCode, body)
	}
	if !slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed}, resp.StatusCode) {
		return fmt.Errorf("an operation that is not described: %d %.200s", resp.StatusCode, body)
	}
	return nil
}
