package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"foyer/core/module"
)

// Headers between the gateway and a module's process. The gateway removes
// what a client sends under the prefix.
const (
	headerPrefix = "Foyer-Internal-"
	headerCaller = "Foyer-Internal-Caller"
	headerToken  = "Foyer-Internal-Token"
)

// envelope is what the host knows of a request besides the request itself.
type envelope struct {
	Caller    module.Caller `json:"caller"`
	RequestID string        `json:"request_id,omitempty"`
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
	return string(b), nil
}

func readEnvelope(h http.Header) (e envelope, err error) {
	if err = json.Unmarshal([]byte(h.Get(headerCaller)), &e); err != nil {
		return e, fmt.Errorf("read caller: %w", err)
	}
	return e, nil
}
