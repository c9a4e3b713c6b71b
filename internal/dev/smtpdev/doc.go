// Package smtpdev is a real SMTP server in process, on loopback, that keeps
// what it is given: for tests, which read the messages that arrived, and the
// envelopes they came in.
//
// Tests can make it misbehave: be down, stall, refuse recipients or messages,
// lose its answer to a message that it took, and demand TLS or a password.
package smtpdev
