// Package redisdev is a Redis for the demo and tests. Start runs one in process
// (miniredis), enough of one for a LiveKit server with agents. StartReal runs a
// redis-server, which can be stopped and started again: the installed one, or
// the program that FOYER_TEST_REDIS names.
package redisdev
