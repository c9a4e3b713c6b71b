// Package smtpdev is a real SMTP server in process, on loopback, that keeps what it is
// given: for tests, which read the messages and their envelopes.
//
// Tests can make it misbehave: be down, stall, refuse recipients or messages, lose its
// answer to a message that it accepted, and demand TLS or a password.
package smtpdev
