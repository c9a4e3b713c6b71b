// Package process runs a module in a process of its own, as seen from the
// gateway.
//
// Launch starts one, whose main function is plugin.Serve of the sdk:
// hashicorp/go-plugin makes the connection (gRPC over a unix socket, mutual TLS
// with certificates made for this one start), sdk/plugin/wire/modulev1 carries
// control and events to the module, and sdk/hostapi carries the services it needs
// back. HTTP does not go through gRPC: Process.Handle proxies to a second unix
// socket, so that streams, upgrades and bodies of any size pass.
//
// Only this user can enter the directory of the sockets. Internal headers sent
// over them are set by the gateway, never by a client.
package process
