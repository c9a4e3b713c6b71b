// Package ephemeral keeps what may be lost at a restart: counters of requests
// now, and later the lobby and one-time values. Everything here has a form in
// memory, for a single node, and will have one in Redis that replicas share;
// one suite runs on both.
package ephemeral
