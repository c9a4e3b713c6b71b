package oauthclient

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Error is an unsuccessful answer (RFC 6749 5.2). If a server has its own error
// format, only the status is known.
type Error struct {
	Status      int
	Code        string // error, "" = missing
	Description string // error_description, without what was sent to the server
}

// Error is status, code and description on one line.
func (e *Error) Error() string {
	text := fmt.Sprintf("the answer is %d", e.Status)
	if e.Code != "" {
		text += fmt.Sprintf(" %.60q", e.Code)
	}
	if e.Description != "" {
		text += fmt.Sprintf(": %.300q", e.Description)
	}
	return text
}

// refusesClient reports whether the server refused the client before looking at
// the request.
func (e *Error) refusesClient() bool {
	return e.Code == "invalid_client" || e.Status == http.StatusUnauthorized
}

// shortest is the length of the shortest text that is blanked: shorter ones are
// words that reveal nothing, and blanking them would hide what matters.
const shortest = 6

func newError(status int, body []byte, secrets []string) *Error {
	e := &Error{Status: status}
	var told struct {
		Code        json.RawMessage `json:"error"`
		Description json.RawMessage `json:"error_description"`
	}
	if json.Unmarshal(body, &told) == nil {
		_ = json.Unmarshal(told.Code, &e.Code)               // not a text: as if missing
		_ = json.Unmarshal(told.Description, &e.Description) // the same
	}
	e.Code, e.Description = Blank(e.Code, secrets...), Blank(e.Description, secrets...)
	return e
}

// Blank removes secrets, plain and as a form encodes them, from a text that
// somebody else wrote.
func Blank(text string, secrets ...string) string {
	for _, s := range secrets {
		if len(s) >= shortest {
			text = strings.ReplaceAll(text, s, "[redacted]")
			text = strings.ReplaceAll(text, url.QueryEscape(s), "[redacted]")
		}
	}
	return text
}
