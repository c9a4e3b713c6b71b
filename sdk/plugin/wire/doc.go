// Package wire is what the gateway and a module's process say to each other
// besides the host's services (package hostapi): the handshake of go-plugin, the
// options of both sides' gRPC, a module's description, and the headers that carry
// what the gateway knows of a request. Authors of modules do not need it.
package wire
