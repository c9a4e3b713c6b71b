// Package httpx is the way of a request: recover, request id, trace, host and
// header rules, match, flag gate, access, throttle, handler, and one error
// writer. Routes are data (module.Route); Build makes a router of them and
// Server serves it, replacing it when the routes change.
//
// A route whose gate is closed is answered by the very handler of unknown
// paths.
package httpx
