// Package hostsuite says what a module may expect of its host, as tests: whoever
// makes hosts runs it. The gateway does, on both engines, and so does the stand-in
// of the package memory. Each case runs twice, with the host itself, as modules in
// the gateway's process have it, and over a connection, as the others do.
package hostsuite
