// Package linedev is a TCP line to a server that a test can cut: connections break and
// new ones are refused, as if the server's machine were gone, until the line is mended
// on the same port.
package linedev
