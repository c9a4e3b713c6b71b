// Package localhttp serves HTTP/1.1 to one trusted client on the same machine: the
// gateway, which passes requests to a module's process over a unix socket
// (core/process/relay).
//
// To handlers it is net/http's server: what they see, what they may do with a
// ResponseWriter and http.ResponseController, and how an answer is framed are the
// same, and the tests compare the two. It differs in what a request costs. net/http
// waits for the client's end in a goroutine per request, whose start and end wake
// other threads; that is a third of what the whole hop takes. Here all running
// requests are looked at together, ten times a second, so that a context ends up to
// two tenths of a second after its client.
//
// Nothing here defends against a hostile client: there is no time-out and no limit
// but that of a request's head.
package localhttp
