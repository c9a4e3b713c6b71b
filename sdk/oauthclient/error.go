package oauthclient

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Error is an answer other than a success (RFC 6749 5.2). Servers that answer in
// a form of their own are known by their status alone.
type Error struct {
	Status      int
	Code        string // error, "" = not told
	Description string // error_description, without what was sent to the server
}

// Error tells it in one line.
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

// refusesClient: the server did not get as far as to look at what was asked.
func (e *Error) refusesClient() bool {
	return e.Code == "invalid_client" || e.Status == http.StatusUnauthorized
}

// shortest is the length of a text that is blanked: shorter ones are words that
// say nothing, and would blank what does.
const shortest = 6

func newError(status int, body []byte, secrets []string) *Error {
	e := &Error{Status: status}
	var told struct {
		Code        json.RawMessage `json:"error"`
		Description json.RawMessage `json:"error_description"`
	}
	if json.Unmarshal(body, &told) == nil {
		_ = json.Unmarshal(told.Code, &e.Code)               // not a text: not told
		_ = json.Unmarshal(told.Description, &e.Description) // the same
	}
	e.Code, e.Description = Blank(e.Code, secrets...), Blank(e.Description, secrets...)
	return e
}

// Blank takes texts, as they are and as a form spells them, out of a text that
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
