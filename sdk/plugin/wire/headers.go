package wire

import (
	"encoding/json"
	"fmt"
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
