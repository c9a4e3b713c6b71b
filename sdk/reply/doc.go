// Package reply writes answers and errors in the one form that clients of the
// API know (contract: core-rest.md 1.3 to 1.5).
//
// Handlers return errors with Fail; Write is the only place that turns an
// error into HTTP. An error that is not an *Error is a failure of ours: it is
// logged and shown as a bare 500, or as 503 with Retry-After when it is a
// module.ErrUnavailable.
package reply
