// Package livekitdev runs a real LiveKit server for a test (livekitserver), and joins its
// rooms as clients do.
package livekitdev
