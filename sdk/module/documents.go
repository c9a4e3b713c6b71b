package module

import (
	"context"
	"time"
)

// Document belongs to a module: bytes, usually JSON, under a key of one of its
// collections.
type Document struct {
	Key       string
	Value     []byte
	Revision  int64     // changes with every write, in no order
	ExpiresAt time.Time // UTC, microseconds; zero = never
}

// AnyRevision is for writes that do not care what was there before.
const AnyRevision int64 = -1

// DocumentWrite is one write. Zero fields are the strictest: without a Revision
// the document is created, and must not exist yet.
type DocumentWrite struct {
	Collection string // in the form of a module's name; KVCollection or another
	Key        string // UTF-8, 512 bytes at most
	Value      []byte // 64 KiB at most
	// Index is what the document can be found by in addition to its key: at most
	// ten index names, with values of at most 512 bytes. A name with an empty
	// value is left out. A write replaces the whole index.
	Index     map[string]string
	ExpiresAt time.Time // when it ceases to exist; zero = never
	// Revision is the one the document must still have, or AnyRevision.
	Revision int64
	// Delete removes the document; it needs a Revision. With AnyRevision a
	// missing document is fine.
	Delete bool
}

// KVCollection is the collection of the values of KV.
const KVCollection = "kv"

// DocumentQuery asks for a page of a collection, in byte order of the keys or of
// an index.
type DocumentQuery struct {
	Collection string
	Prefix     string // of keys or, with an Index, of its values; "" = all
	Index      string // "" = by key. Documents without a value in the index are left out
	Value      string // exact value of the Index, instead of a Prefix
	Reverse    bool
	After      string // Next of the page before, "" = from the beginning
	Limit      int    // 1 to 100; 0 = 100. Large documents make a page shorter
}

// DocumentPage is a part of a list.
type DocumentPage struct {
	Documents []Document
	Next      string // "" = there is no more
}

// Documents keeps what the module owns, without a table of its own. Documents
// that have expired are as if they did not exist.
type Documents interface {
	// Get returns one document, or ErrNotFound.
	Get(ctx context.Context, collection, key string) (Document, error)
	// GetMany returns those of the keys that exist, at most 50, by key.
	GetMany(ctx context.Context, collection string, keys ...string) ([]Document, error)
	// List returns a page. Documents written in the meantime may be on a later
	// page or not, depending on their place; no other document is left out or
	// repeated. ErrInvalid for a malformed cursor.
	List(ctx context.Context, q DocumentQuery) (DocumentPage, error)
	// Commit makes the writes, stores the jobs and emits the events in one
	// transaction: all or nothing. It returns the revisions of the written
	// documents, in order, 0 for deleted ones. ErrConflict: a document to be
	// created exists. ErrNotFound, ErrChanged: one to be changed or deleted does
	// not exist, or has another revision. ErrInvalid: the step can never be done,
	// for example two writes of one key, or more than 100 writes, jobs or events,
	// or more than 2 MiB.
	Commit(ctx context.Context, then Then) ([]int64, error)
}
