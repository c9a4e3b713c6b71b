// Package redisdev is a Redis in process (miniredis), for the demo and tests:
// enough of one for a LiveKit server with agents.
package redisdev
