// Package livekitdev runs a real LiveKit server on loopback, with the Redis it needs for
// agents, for the demo and for tests.
//
// It uses LiveKit's development settings, with a key everybody knows. Several servers
// may run at once, each on its own ports.
package livekitdev
