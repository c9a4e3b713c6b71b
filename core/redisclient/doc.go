// Package redisclient makes the client of the Redis that replicas share: one
// server, or the master that Sentinels name, with or without TLS. The
// validation of the configuration and the start use the same constructor, so
// that both refuse the same. It does not connect.
package redisclient
