// Package hostsuite says, as tests, what a module may expect of its host. Every
// implementation of a host runs it: the gateway, on both engines, and the
// stand-in of the package memory. Each case runs twice, with the host itself, as
// modules in the gateway's process have it, and over a connection, as the others
// do.
package hostsuite
