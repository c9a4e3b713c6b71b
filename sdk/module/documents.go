package module

import (
	"context"
	"time"
)

// Document is what a module owns: bytes, JSON as a rule, under a key of one of
// its collections.
type Document struct {
	Key       string
	Value     []byte
	Revision  int64     // another one after every write, in no order
	ExpiresAt time.Time // UTC, microseconds; zero = never
}

// AnyRevision is for writes that do not care what was there.
const AnyRevision int64 = -1

// DocumentWrite is one write. Zero fields are the strictest: without a Revision
// the document is created, and must not be there.
type DocumentWrite struct {
	Collection string // a name as a module's, KVCollection or another
	Key        string // UTF-8, 512 bytes at most
	Value      []byte // 64 KiB at most
	// Index is what the document is found by besides its key: names of ten
	// indexes at most, with values of 512 bytes at most. A name without a value
	// is left out. A write replaces all of it.
	Index     map[string]string
	ExpiresAt time.Time // from when on it is as if it were not there; zero = never
	// Revision is the one that the document must still have, or AnyRevision.
	Revision int64
	// Delete removes the document; it needs a Revision. With AnyRevision a missing
	// one is fine.
	Delete bool
}

// KVCollection is the collection that the values of KV are in.
const KVCollection = "kv"

// DocumentQuery asks for a page of a collection, in the order of keys or of an
// index: byte by byte.
type DocumentQuery struct {
	Collection string
	Prefix     string // of keys or, with an Index, of its values; "" = all
	Index      string // "" = by key. Documents without a value in it are left out
	Value      string // of the Index, exactly, instead of a Prefix
	Reverse    bool
	After      string // Next of the page before, "" = from the beginning
	Limit      int    // 1 to 100; 0 = 100. Large documents make a page shorter
}

// DocumentPage is a part of a list.
type DocumentPage struct {
	Documents []Document
	Next      string // "" = that was all
}

// Documents keeps what the module owns, without a table of its own. Documents
// that have ended are as if they were not there.
type Documents interface {
	// Get returns one document, or ErrNotFound.
	Get(ctx context.Context, collection, key string) (Document, error)
	// GetMany returns those of the keys that are there, 50 at most, by key.
	GetMany(ctx context.Context, collection string, keys ...string) ([]Document, error)
	// List returns a page. What is written meanwhile is on a later page, or not,
	// by its place; nothing else is left out or comes twice. ErrInvalid for a
	// cursor that is not one.
	List(ctx context.Context, q DocumentQuery) (DocumentPage, error)
	// Commit makes the writes, stores the jobs and emits the events, in one
	// transaction: all or nothing. It gives the revisions of what was written, in
	// order, 0 for what was deleted. ErrConflict: a document that is to be
	// created is there. ErrNotFound, ErrChanged: one that is to be changed or
	// deleted is not there, or has another revision. ErrInvalid: nothing of it can
	// ever be done, such as two writes of one key, or more than 100 writes, jobs or events, or 2 MiB.
	Commit(ctx context.Context, then Then) ([]int64, error)
}
