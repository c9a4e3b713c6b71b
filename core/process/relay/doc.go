// Package relay passes HTTP/1.1 requests to a server on a unix socket and returns
// its answers.
//
// It is a reverse proxy for one trusted server on the same machine, and does what
// httputil.ReverseProxy over http.Transport would: bodies and answers stream in
// both directions at once, upgrades and trailers pass, nothing is limited or sent
// twice. Two things differ. A request without a body is sent and answered in the
// goroutine that it came with; each further goroutine involved costs a thread
// wake-up, and those are most of what a hop costs. And the answer is what the
// server's handler would have given this client directly, whatever arrived first:
// nothing is guessed, added twice or lost.
package relay
