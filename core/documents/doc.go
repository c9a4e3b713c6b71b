// Package documents keeps what modules, and topics of the core, own themselves:
// small values, and documents that are listed, found by an index, and written
// several at once along with the jobs and events that follow. Each owner has
// namespaces of its own: its name for the values, its name and the collection for
// documents.
//
// It also stores what follows a step in other data: see Follow.
package documents
