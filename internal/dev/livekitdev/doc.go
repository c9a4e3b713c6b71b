// Package livekitdev runs a real LiveKit server on loopback, with the Redis it
// needs for agents: for the demo and for tests.
//
// It is the development setting, with a key everybody knows. Several servers
// may run at once, each on ports of its own.
package livekitdev
