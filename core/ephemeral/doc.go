// Package ephemeral keeps what may be lost at a restart: request counters, values
// that expire, and queues of people waiting. Each has an implementation in
// memory, for a single node, and one in Redis, which replicas share;
// ephemeraltest tests both.
//
// While Redis does not answer or takes no writes, values and queues fail with
// ErrUnavailable, and throttles count in each process's memory. Nothing needs to
// be done when it is back.
package ephemeral
