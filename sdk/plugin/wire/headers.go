package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"

	"foyer/sdk/module"
)

// Headers between the gateway and a module's process. The gateway's edge removes
// whatever a client sends under the prefix, and so does the proxy.
const (
	HeaderPrefix = "X-Foyer-"
	HeaderCaller = "X-Foyer-Caller"
	// HeaderAbort, in an answer, has the gateway cut the client off.
	HeaderAbort = "X-Foyer-Abort"
	HeaderToken = "X-Foyer-Token" //nolint:gosec // a name, no token
)

// Envelope is what the host knows about a request, apart from the request itself.
type Envelope struct {
	Caller    module.Caller `json:"caller"`
	RequestID string        `json:"request_id,omitempty"`
	Scheme    string        `json:"scheme,omitempty"` // http or https, as the client sees it
	// Pattern is the path of the route as the module declared it, and Values are
	// its parameters, byte for byte.
	Pattern string            `json:"pattern"`
	Values  map[string][]byte `json:"values,omitempty"`
	// Configured reports whether scheme and Host are those of http.public_url.
	Configured bool `json:"configured,omitempty"`
}

// StripInternal removes every header that only the gateway may set.
func StripInternal(h http.Header) {
	for k := range h {
		if strings.HasPrefix(k, HeaderPrefix) {
			delete(h, k)
		}
	}
}

// EnvelopeOf is what the context, the URL and the matched route say of a request.
func EnvelopeOf(r *http.Request) Envelope {
	ctx := r.Context()
	e := Envelope{Caller: module.CallerFrom(ctx), RequestID: module.RequestID(ctx), Scheme: r.URL.Scheme, Pattern: r.Pattern}
	_, e.Configured = module.Origin(r)
	for _, name := range (module.Route{Path: r.Pattern}).Parameters() {
		if e.Values == nil {
			e.Values = map[string][]byte{}
		}
		e.Values[name] = []byte(r.PathValue(name))
	}
	return e
}

// Onto is the inverse of EnvelopeOf: a copy of r, with the context ctx, that has in
// the module's process what it had in the gateway's.
func (e Envelope) Onto(ctx context.Context, r *http.Request) *http.Request {
	ctx = module.WithCaller(ctx, &e.Caller)
	if e.RequestID != "" {
		ctx = module.WithRequestID(ctx, e.RequestID)
	}
	if e.Configured {
		ctx = module.WithConfiguredOrigin(ctx)
	}
	r = r.WithContext(ctx)
	r.URL.Scheme, r.URL.Host, r.Pattern = e.Scheme, r.Host, e.Pattern
	for name, value := range e.Values {
		r.SetPathValue(name, string(value))
	}
	if e.Caller.Address != "" {
		r.RemoteAddr = net.JoinHostPort(e.Caller.Address, "0")
	}
	return r
}

// Encode is the text of the header.
func (e Envelope) Encode() (string, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode caller: %w", err)
	}
	// The only control character that JSON leaves as it is, but headers refuse.
	return strings.ReplaceAll(string(b), "\x7f", `\u007f`), nil
}

// ReadEnvelope reads the header back.
func ReadEnvelope(h http.Header) (e Envelope, err error) {
	if err = json.Unmarshal([]byte(h.Get(HeaderCaller)), &e); err != nil {
		return e, fmt.Errorf("read caller: %w", err)
	}
	return e, nil
}
