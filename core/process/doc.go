// Package process runs a module in a process of its own, as the gateway sees it.
//
// Launch starts one, whose main function is plugin.Serve of the sdk:
// hashicorp/go-plugin makes the connection (gRPC over a unix socket, mutual TLS
// with certificates made for this one start), sdk/plugin/wire/modulev1 carries
// control and events to the module, and sdk/hostapi carries the services it needs
// back. HTTP does not pass through gRPC: Process.Handle proxies to a second unix
// socket, so that streams, upgrades and bodies of any size pass.
//
// The directory of the sockets can be entered by this user only. What crosses
// it in internal headers is set by the gateway, never by a client.
package process
