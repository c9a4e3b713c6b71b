package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"foyer/core/module"
)

// Headers between the gateway and a module's process. The gateway's
// edge removes what a client sends under the prefix, and so does the proxy.
const (
	headerPrefix = "X-Foyer-"
	headerCaller = "X-Foyer-Caller"
	headerToken  = "X-Foyer-Token" //nolint:gosec // a name, no token
)

// envelope is what the host knows of a request besides the request itself.
type envelope struct {
	Caller    module.Caller `json:"caller"`
	RequestID string        `json:"request_id,omitempty"`
	Scheme    string        `json:"scheme,omitempty"` // http or https, as the client sees it
	// Configured tells that scheme and Host are those of http.public_url.
	Configured bool `json:"configured,omitempty"`
}

func stripInternal(h http.Header) {
	for k := range h {
		if strings.HasPrefix(k, headerPrefix) {
			delete(h, k)
		}
	}
}

func (e envelope) encode() (string, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode caller: %w", err)
	}
	// The one control character that JSON leaves as it is, and headers refuse.
	return strings.ReplaceAll(string(b), "\x7f", `\u007f`), nil
}

func readEnvelope(h http.Header) (e envelope, err error) {
	if err = json.Unmarshal([]byte(h.Get(headerCaller)), &e); err != nil {
		return e, fmt.Errorf("read caller: %w", err)
	}
	return e, nil
}
