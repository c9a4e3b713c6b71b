// Package relay hands HTTP/1.1 requests to a server on a unix socket and gives
// its answers back.
//
// It is a reverse proxy for one trusted server on the same machine, and does
// what httputil.ReverseProxy over http.Transport would: bodies and answers
// stream in both directions at once, upgrades and trailers pass, nothing is
// bounded or sent twice. Two things differ. A request without a body is sent
// and answered in the goroutine that came with it; each goroutine that takes
// part costs a wake-up of a thread, and those are most of what a hop costs. And
// the answer is what the server's handler would have given to this client
// directly, whatever arrived first: nothing is guessed, added twice or lost.
package relay
