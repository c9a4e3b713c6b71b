package sdktest

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"foyer/sdk/module"
)

// callerHeader holds the caller that the test names, as JSON.
const callerHeader = "Test-Caller"

// Request is one call by one caller.
type Request struct {
	Method string // "" = GET
	Path   string // with its query, such as /api/v1.0/hello/x/?all=1
	Header http.Header
	Body   string
	// Caller is who calls; nil = nobody in particular. A real gateway determines
	// the caller itself.
	Caller *module.Caller
}

// Answer is a complete response.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// client follows no redirects and keeps no connections.
func client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Send makes the call and reads the whole answer, within a minute. Failures end
// the test.
func (p *Place) Send(t testing.TB, r Request) Answer {
	t.Helper()
	a, err := p.send(t.Context(), r)
	if err != nil {
		t.Fatalf("send the request: %v", err)
	}
	return a
}

func (p *Place) send(ctx context.Context, r Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, cmp.Or(r.Method, http.MethodGet), p.URL+r.Path, strings.NewReader(r.Body))
	if err != nil {
		return Answer{}, err
	}
	for name, values := range r.Header {
		q.Header[http.CanonicalHeaderKey(name)] = values
	}
	q.Host = q.Header.Get("Host")
	if r.Caller != nil {
		text, err := json.Marshal(r.Caller)
		if err != nil {
			return Answer{}, err
		}
		q.Header.Set(callerHeader, string(text))
	}
	resp, err := client().Do(q)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(resp.Body)
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: string(text)}, err
}
