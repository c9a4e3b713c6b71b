// Package wire has what the gateway and a module's process exchange apart from
// the host's services (package hostapi): the handshake of go-plugin, the gRPC
// options of both sides, a module's description, and the headers that carry what
// the gateway knows about a request. Authors of modules do not need it.
package wire
