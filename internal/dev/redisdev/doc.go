// Package redisdev provides a Redis for the demo and tests. Start runs one in process
// (miniredis), complete enough for a LiveKit server with agents. StartReal runs a
// redis-server, which can be stopped and started again: the installed one, or the
// program named by FOYER_TEST_REDIS.
package redisdev
