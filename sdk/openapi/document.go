package openapi

import (
	"log/slog"
	"sync"
)

// Part is a part of a document.
type Part struct {
	Name string // for logs
	Text []byte // YAML
}

// Options say what a document is made of and where it is served.
type Options struct {
	// Base is the prefix of the document's paths, with a slash at both ends:
	// "/api/v1.0/". The document is served there as openapi.json and the page as
	// docs/.
	Base string
	// Title is the title of the page.
	Title string
	// Parts returns the parts. It is called once, and again after Invalidate.
	Parts func() []Part
	// Shown reports whether an operation is part of the document now: method is
	// upper-case, path as in module.Route. nil shows all.
	Shown func(method, path string) bool
	// Log gets warnings about parts that are left out because of a fault; nil is
	// slog.Default.
	Log *slog.Logger
}

// Document is composed at the first request and kept compressed.
type Document struct {
	o Options

	mu   sync.Mutex
	made *asset // nil = to be made
}

// New makes a document; its parts are read at the first request.
func New(o Options) *Document {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Document{o: o}
}

// Invalidate makes the document be composed anew, with other parts or operations.
func (d *Document) Invalidate() {
	d.mu.Lock()
	d.made = nil
	d.mu.Unlock()
}

// JSON is the document, without the parts that cannot be used.
func (d *Document) JSON() ([]byte, error) {
	whole, faults := compose(d.o.Parts())
	for _, fault := range faults {
		d.o.Log.Warn("a part of the API document is left out", "error", fault)
	}
	return whole.show(d.o.Base, d.o.Shown).json()
}

// asset is the document as it is served.
func (d *Document) asset() (*asset, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.made == nil {
		text, err := d.JSON()
		if err != nil {
			return nil, err
		}
		if d.made, err = compress("application/json", text); err != nil {
			return nil, err
		}
	}
	return d.made, nil
}
