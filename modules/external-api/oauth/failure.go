package oauth

import (
	"errors"
	"net/http"
	"time"

	"foyer/modules/external-api/secrets"
	"foyer/sdk/reply"
)

// failure is an unsuccessful answer in both of its forms: the replaced server's, and
// that of RFC 6749 5.2.
type failure struct {
	outcome     string       // in the audit log; "" = not recorded
	legacy      *reply.Error // external-api.md 1
	code        string       // error
	description string       // error_description
	status      int          // in the RFC 6749 form; 0 = 400
}

// Error returns the audit outcome and the description.
func (f *failure) Error() string { return f.outcome + ": " + f.description }

// The codes of RFC 6749 5.2, RFC 7009 2.2.1 and RFC 8693 2.2.2.
const (
	invalidRequest   = "invalid_request"
	invalidClient    = "invalid_client"
	invalidGrant     = "invalid_grant"
	invalidScope     = "invalid_scope"
	invalidTarget    = "invalid_target"
	unauthorized     = "unauthorized_client"
	unsupportedGrant = "unsupported_grant_type"
	unsupportedToken = "unsupported_token_type"
	tryLater         = "temporarily_unavailable"
	serverError      = "server_error"
)

// challenged is a 401 in the legacy form, which carries the challenge for browser
// sessions.
func challenged(text string) *reply.Error {
	e := reply.Detail(http.StatusUnauthorized, text)
	e.Header = map[string]string{"WWW-Authenticate": "Session"}
	return e
}

// wrongClient is the same answer for unknown applications and wrong credentials.
func wrongClient() *failure {
	return &failure{"invalid_credentials", challenged("Invalid credentials"), invalidClient, "Unknown client, or wrong credentials.", http.StatusUnauthorized}
}

func inactiveClient() *failure {
	return &failure{"application_inactive", challenged("Application is inactive"), invalidClient, "The application is inactive.", http.StatusUnauthorized}
}

func wrongAddress() *failure {
	const text = "This application may not be used from this address."
	return &failure{"address_not_allowed", reply.Message(http.StatusForbidden, text), unauthorized, text, 0}
}

func noEmail() *failure {
	return &failure{"invalid_email", reply.Message(http.StatusBadRequest, "Scope should be a valid email address."),
		invalidRequest, "Name the user to act for by a valid e-mail address.", 0}
}

func foreignDomain() *failure {
	const text = "This application is not authorized for this email domain."
	return &failure{"domain_not_allowed", reply.Message(http.StatusForbidden, text), unauthorized, text, 0}
}

func severalUsers() *failure {
	return &failure{"ambiguous_user", reply.Detail(http.StatusBadRequest, "Bad request."), invalidGrant, "Several users have this address.", 0}
}

func noUser() *failure {
	return &failure{"user_not_found", reply.Detail(http.StatusNotFound, "User not found."), invalidGrant, "There is no such user.", 0}
}

func lostRace() *failure {
	const text = "Failed to create or retrieve provisional user."
	return &failure{"user_not_created", reply.Message(http.StatusConflict, text), invalidGrant, text, 0}
}

func badScope(description string) *failure {
	return &failure{"scope_not_allowed", reply.Message(http.StatusBadRequest, description), invalidScope, description, 0}
}

// bad is a request that nobody could answer; it is not recorded in the audit log.
func bad(code, description string) *failure {
	return &failure{"", reply.Message(http.StatusBadRequest, description), code, description, 0}
}

func throttled(wait time.Duration) *failure {
	return &failure{"", reply.Throttled(wait), tryLater, "Too many attempts for this client.", http.StatusTooManyRequests}
}

func busy(cause error) *failure {
	return &failure{"", reply.Unavailable(time.Second, cause), tryLater, "Too many attempts at once.", http.StatusServiceUnavailable}
}

// failureOf turns errors of checks into failures; ok is false if the fault is ours.
func failureOf(err error) (f *failure, ok bool) {
	if f, ok := errors.AsType[*failure](err); ok {
		return f, true
	}
	if t, ok := errors.AsType[*secrets.ThrottledError](err); ok {
		return throttled(t.Wait), true
	}
	if errors.Is(err, secrets.ErrBusy) {
		return busy(err), true
	}
	return nil, false
}

// problem is the response body of RFC 6749 5.2.
type problem struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// fail ends the request in the form the client speaks.
func (in *request) fail(w http.ResponseWriter, r *http.Request, err error) {
	f, known := failureOf(err)
	switch {
	case !in.oauth && known:
		reply.Fail(w, r, f.legacy)
	case !in.oauth:
		reply.Fail(w, r, err)
	case known:
		reply.Fail(w, r, in.standard(f))
	default:
		reply.Fail(w, r, in.standardOf(err))
	}
}

// standard returns a failure in the form of RFC 6749.
func (in *request) standard(f *failure) *reply.Error {
	e := &reply.Error{Status: http.StatusBadRequest, Body: problem{f.code, f.description}, Header: map[string]string{}}
	if f.status != 0 {
		e.Status = f.status
	}
	if wait := f.legacy.Header["Retry-After"]; wait != "" {
		e.Header["Retry-After"] = wait
	}
	if e.Status == http.StatusUnauthorized && in.basic {
		e.Header["WWW-Authenticate"] = `Basic realm="external-api", charset="UTF-8"`
	}
	return e
}

// standardOf returns any other error in the form of RFC 6749. Client errors keep the
// wording of the legacy form.
func (in *request) standardOf(err error) *reply.Error {
	e := reply.As(err)
	if e.Status >= http.StatusInternalServerError {
		return (&reply.Error{Status: e.Status, Body: problem{Error: serverError}, Header: e.Header}).Because(err)
	}
	text, encodeErr := reply.Encode(e.Body)
	if encodeErr != nil {
		text = nil
	}
	return &reply.Error{Status: e.Status, Body: problem{invalidRequest, string(text)}, Header: e.Header}
}
