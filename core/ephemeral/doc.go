// Package ephemeral keeps what may be lost at a restart: counters of requests,
// values that end by themselves, and queues of those who wait. Everything has a
// form in memory, for a single node, and one in Redis, that replicas share;
// ephemeraltest proves both.
//
// While Redis does not answer or takes no writes, values and queues fail with ErrUnavailable, and
// throttles count in the memory of each process. Nothing needs to be done when
// it is back.
package ephemeral
