package reply

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// rpcStatus is google.rpc.Status in its JSON mapping (AIP-193).
type rpcStatus struct {
	Error rpcError `json:"error"`
}

type rpcError struct {
	Code    int         `json:"code"`
	Message string      `json:"message"`
	Status  string      `json:"status"`
	Details []rpcDetail `json:"details,omitempty"`
}

// rpcDetail is google.rpc.BadRequest.
type rpcDetail struct {
	Type       string      `json:"@type"`
	Violations []Violation `json:"fieldViolations"`
}

// Violation is what is wrong with one field.
type Violation struct {
	Field       string `json:"field"`
	Description string `json:"description"`
}

// rpcNames are the names of google.rpc.Code, by the HTTP status they are answered
// with.
var rpcNames = map[int]string{
	http.StatusBadRequest:            "INVALID_ARGUMENT",
	http.StatusUnauthorized:          "UNAUTHENTICATED",
	http.StatusForbidden:             "PERMISSION_DENIED",
	http.StatusNotFound:              "NOT_FOUND",
	http.StatusConflict:              "ABORTED",
	http.StatusTooManyRequests:       "RESOURCE_EXHAUSTED",
	http.StatusInternalServerError:   "INTERNAL",
	http.StatusServiceUnavailable:    "UNAVAILABLE",
	http.StatusUnprocessableEntity:   "INVALID_ARGUMENT",
	http.StatusRequestEntityTooLarge: "INVALID_ARGUMENT",
	http.StatusUnsupportedMediaType:  "INVALID_ARGUMENT",
}

// RPCStatus is google.rpc.Status with the message and the HTTP status code. name
// is the google.rpc.Code; "" = the usual one for the status.
func RPCStatus(code int, name, message string, violations ...Violation) *Error {
	if name == "" {
		name = rpcNames[code]
	}
	if name == "" {
		name = "UNKNOWN"
	}
	s := rpcStatus{rpcError{Code: code, Message: message, Status: name}}
	if len(violations) > 0 {
		s.Error.Details = []rpcDetail{{"type.googleapis.com/google.rpc.BadRequest", violations}}
	}
	return &Error{Status: code, Body: s}
}

// AsRPCStatus is the answer of As in that form. fields renames fields that have
// other names there; nil = none.
func AsRPCStatus(err error, fields map[string]string) *Error {
	e := As(err)
	if _, done := e.Body.(rpcStatus); done {
		return e
	}
	message, violations := violationsOf(e.Body, fields)
	s := RPCStatus(e.Status, "", message, violations...)
	s.Header, s.Cause = e.Header, e.Cause
	return s
}

// violationsOf reads the other forms of errors: {"detail": text}, or texts by field.
func violationsOf(shape any, fields map[string]string) (message string, violations []Violation) {
	switch v := shape.(type) {
	case map[string]string:
		return v["detail"], nil
	case map[string]any:
		for _, field := range slices.Sorted(maps.Keys(v)) {
			texts, ok := v[field].([]string)
			if !ok {
				texts = []string{fmt.Sprint(v[field])}
			}
			name := field
			if mapped, ok := fields[field]; ok {
				name = mapped
			}
			violations = append(violations, Violation{name, strings.Join(texts, " ")})
		}
	}
	parts := make([]string, len(violations))
	for i, x := range violations {
		parts[i] = x.Field + ": " + x.Description
	}
	return strings.Join(parts, " "), violations
}
