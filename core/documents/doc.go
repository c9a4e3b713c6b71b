// Package documents keeps what modules, and topics of the core, own themselves:
// small values, and documents that are listed, found by an index, and written
// several at once with the jobs and events that follow. Each owner has a namespace
// of its own: its name for the values, and that with the collection for documents.
//
// It also stores what follows a step of another noun: see Follow.
package documents
