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

// Options say what a document is made of, and where it is served.
type Options struct {
	// Base is what the paths of the document are below, with a slash at both
	// ends: "/api/v1.0/". The document is served there as openapi.json and the
	// page as docs/.
	Base string
	// Title is that of the page.
	Title string
	// Parts gives the parts. It is called once, and again after Invalidate.
	Parts func() []Part
	// Shown tells whether an operation is part of the document now: method is
	// upper-case, path as in module.Route. nil shows all.
	Shown func(method, path string) bool
	// Log is told of parts that are left out because of a fault; nil is
	// slog.Default.
	Log *slog.Logger
}

// Document is composed when it is first asked for, and kept compressed.
type Document struct {
	o Options

	mu   sync.Mutex
	made *asset // nil = to be made
}

// New makes a document; its parts are read when it is asked for.
func New(o Options) *Document {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Document{o: o}
}

// Invalidate has the document made anew: other parts or operations are shown.
func (d *Document) Invalidate() {
	d.mu.Lock()
	d.made = nil
	d.mu.Unlock()
}

// JSON is the document, without the parts that cannot be taken.
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
