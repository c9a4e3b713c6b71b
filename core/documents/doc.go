// Package documents keeps what modules, and topics of the core, own themselves:
// each in a namespace of its own.
package documents
