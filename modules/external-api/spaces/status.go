package spaces

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"foyer/modules/external-api/rooms"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// status is google.rpc.Status as its JSON mapping has it.
type status struct {
	Error statusError `json:"error"`
}

type statusError struct {
	Code    int      `json:"code"`
	Message string   `json:"message"`
	Status  string   `json:"status"`
	Details []detail `json:"details,omitempty"`
}

// detail is google.rpc.BadRequest.
type detail struct {
	Type       string      `json:"@type"`
	Violations []violation `json:"fieldViolations"`
}

type violation struct {
	Field       string `json:"field"`
	Description string `json:"description"`
}

// names of statuses (google.rpc.Code), by the code that they are answered with.
var names = map[int]string{
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

// fieldNames are the API's words for fields of rooms.
var fieldNames = map[string]string{"access_level": accessType}

// failed makes a status of an answer with a code of its own.
func failed(code int, name, message string, violations ...violation) *reply.Error {
	s := status{statusError{Code: code, Message: message, Status: name}}
	if len(violations) > 0 {
		s.Error.Details = []detail{{"type.googleapis.com/google.rpc.BadRequest", violations}}
	}
	return &reply.Error{Status: code, Body: s}
}

// invalid refuses one field.
func invalid(field, why string) error {
	return failed(http.StatusBadRequest, names[http.StatusBadRequest], field+" "+why+".", violation{field, why})
}

// missing is a space that is not there, or not for the caller to see.
func missing() error {
	return failed(http.StatusNotFound, names[http.StatusNotFound], "There is no such space, or you may not see it.")
}

// shown turns every error into a status.
func shown(err error) error {
	if errors.Is(err, module.ErrNotFound) {
		return missing()
	}
	if errors.Is(err, module.ErrChanged) {
		return failed(http.StatusConflict, names[http.StatusConflict], "The space was changed meanwhile.")
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	e := reply.As(rooms.Shown(err))
	if _, done := e.Body.(status); done {
		return e
	}
	name, known := names[e.Status]
	if !known {
		name = "UNKNOWN"
	}
	message, violations := describe(e.Body)
	s := failed(e.Status, name, message, violations...)
	s.Header, s.Cause = e.Header, e.Cause
	return s
}

// describe reads the contract's forms of errors: {"detail": text}, or texts by
// field.
func describe(shape any) (message string, violations []violation) {
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
			if mapped, ok := fieldNames[field]; ok {
				name = mapped
			}
			violations = append(violations, violation{name, strings.Join(texts, " ")})
		}
	}
	parts := make([]string, len(violations))
	for i, x := range violations {
		parts[i] = x.Field + ": " + x.Description
	}
	return strings.Join(parts, " "), violations
}
