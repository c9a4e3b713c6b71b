// Package reply writes answers and errors in the only form that clients of the
// API know (contract: core-rest.md 1.3 to 1.5).
//
// Handlers report errors with Fail, the only place that turns an error into HTTP.
// An error that is not an *Error is our own failure: it is logged and shown as a
// bare 500, or as 503 with Retry-After if it is a module.ErrUnavailable.
package reply
