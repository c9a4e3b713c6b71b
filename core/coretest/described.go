package coretest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"

	coreapi "foyer/core/openapi"
	"foyer/core/openapi/openapitest"
	"foyer/sdk/module"
	"foyer/sdk/openapi"
)

// Described is the API document with all features on. Every answer that a test gets is
// checked against it: one that is not described fails the test.
var Described = sync.OnceValues(func() (*openapitest.Description, error) {
	parts := coreapi.Parts()
	for _, m := range Modules() {
		if d, ok := m.(module.Describer); ok {
			parts = append(parts, openapi.Part{Name: m.Name(), Text: d.OpenAPI()})
		}
	}
	return openapitest.New(coreapi.Base, parts)
})

// NothingHere is the answer of paths that do not exist, or are off.
const NothingHere = openapitest.NotFound

// Holds reports whether a path belongs to the API; the document's own page does not.
func Holds(path string) bool {
	return strings.HasPrefix(path, coreapi.Base) && !strings.HasPrefix(path, coreapi.Base+"docs")
}

// hold reads an API answer and checks it against the document.
func (h *House) hold(resp *http.Response) error {
	req := resp.Request
	preflight := req.Method == http.MethodOptions && req.Header.Get("Access-Control-Request-Method") != ""
	if "http://"+req.URL.Host != h.URL || !Holds(req.URL.Path) || preflight ||
		resp.StatusCode == http.StatusRequestHeaderFieldsTooLarge { // sent by the server below
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if Gives(resp.Header, body) && resp.Header.Get("Cache-Control") != "no-store" {
		h.Errorf("%s %s gives a token or a signature that a cache may keep", req.Method, req.URL.Path)
	}
	d, err := Described()
	if err == nil {
		err = d.Check(req, resp, body)
	}
	if err != nil {
		h.Errorf("%s %s is not as the API document says: %v\n%d %.400s", req.Method, req.URL.Path, err, resp.StatusCode, body)
	}
	return nil
}

// Gives reports whether an answer contains something that grants access: a token, or the
// signature of a storage request. Every answer in the house's tests is checked; see
// hold.
func Gives(header http.Header, body []byte) bool {
	return bytes.Contains(body, []byte(`"token":"ey`)) || bytes.Contains(body, []byte("X-Amz-Signature=")) || header.Get("Authorization") != ""
}
