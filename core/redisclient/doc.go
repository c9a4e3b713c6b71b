// Package redisclient makes the client of the Redis that replicas share: one
// server, or the master that Sentinels name, with or without TLS. Validating the
// configuration and starting use the same constructor, so both refuse the same.
// It does not connect.
package redisclient
