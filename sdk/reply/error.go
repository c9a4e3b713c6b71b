package reply

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// Error is an unsuccessful answer: a status, the body to show, and the private
// cause, which is only logged.
type Error struct {
	Status int
	Body   any               // encoded as JSON
	Header map[string]string // added to the answer, nil for none
	Cause  error             // logged, never shown; nil when the client is at fault
}

// Error is status, body and cause, for logs.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%d %v: %v", e.Status, e.Body, e.Cause)
	}
	return fmt.Sprintf("%d %v", e.Status, e.Body)
}

// Unwrap returns the private cause.
func (e *Error) Unwrap() error { return e.Cause }

// Because attaches the private cause.
func (e *Error) Because(cause error) *Error { e.Cause = cause; return e }

// Detail is {"detail": text}.
func Detail(status int, text string) *Error {
	return &Error{Status: status, Body: map[string]string{"detail": text}}
}

// Message is {"error": text}, the form of participant endpoints.
func Message(status int, text string) *Error {
	return &Error{Status: status, Body: map[string]string{"error": text}}
}

// NotFound is the single 404 of unknown paths, disabled features and malformed
// keys.
func NotFound() *Error { return Detail(http.StatusNotFound, "Not found.") }

// NoMatch is the 404 of an unknown object; model is its type, such as "Room".
func NoMatch(model string) *Error {
	return Detail(http.StatusNotFound, "No "+model+" matches the given query.")
}

// Unauthenticated is 401 with the Session challenge.
func Unauthenticated() *Error {
	e := Detail(http.StatusUnauthorized, "Authentication credentials were not provided.")
	e.Header = map[string]string{"WWW-Authenticate": "Session"}
	return e
}

// NoCredentials is the 403 of endpoints whose first authenticator is a LiveKit token.
func NoCredentials() *Error {
	return Detail(http.StatusForbidden, "Authentication credentials were not provided.")
}

// Forbidden is the general 403.
func Forbidden() *Error {
	return Detail(http.StatusForbidden, "You do not have permission to perform this action.")
}

// NotPrivileged is the 403 of a caller without privileges on the room.
func NotPrivileged() *Error {
	return Detail(http.StatusForbidden, "You must have privileges on room to perform this action.")
}

// Invalid is a 400 with messages by field.
func Invalid(fields map[string]any) *Error {
	return &Error{Status: http.StatusBadRequest, Body: fields}
}

// InvalidField is a 400 about one field.
func InvalidField(field, message string) *Error {
	return Invalid(map[string]any{field: []string{message}})
}

// Throttled is 429 with Retry-After, rounded up to whole seconds.
func Throttled(wait time.Duration) *Error {
	n := int(math.Ceil(wait.Seconds()))
	unit := "seconds"
	if n == 1 {
		unit = "second"
	}
	e := Detail(http.StatusTooManyRequests,
		fmt.Sprintf("Request was throttled. Expected available in %d %s.", n, unit))
	e.Header = map[string]string{"Retry-After": strconv.Itoa(n)}
	return e
}

// Unavailable is 503 with Retry-After in whole seconds, at least 1.
func Unavailable(wait time.Duration, cause error) *Error {
	e := Detail(http.StatusServiceUnavailable, "Service temporarily unavailable, try again later.")
	e.Header = map[string]string{"Retry-After": strconv.Itoa(max(1, int(math.Ceil(wait.Seconds()))))}
	e.Cause = cause
	return e
}
