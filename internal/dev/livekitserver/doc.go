// Package livekitserver runs a real LiveKit server on loopback, with the Redis it needs
// for agents, for the demo and for tests, whose clients are in livekitdev: they link half
// of a browser, which the demo does not need.
//
// It uses LiveKit's development settings, with a key everybody knows. Several servers
// may run at once, each on its own ports.
package livekitserver
