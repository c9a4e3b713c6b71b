// Package plugin is the main function of a module in its own process: Serve.
//
// The gateway starts the process. hashicorp/go-plugin makes the connection (gRPC
// over a unix socket, mutual TLS with certificates made for this one start),
// which carries control and events to the module and the host's services back.
// HTTP does not pass through gRPC: the gateway proxies to a second unix socket,
// so streams, upgrades and bodies of any size pass.
package plugin
