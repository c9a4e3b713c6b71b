// Package httpx is a request's path through the gateway: recover, request id,
// trace, host and header rules, match, flag gate, access, throttle, handler, and
// a single error writer. Routes are data (module.Route); Build turns them into a
// router, and Server serves it and replaces it when the routes change.
//
// A route whose gate is closed is answered by the very handler that answers
// unknown paths.
package httpx
