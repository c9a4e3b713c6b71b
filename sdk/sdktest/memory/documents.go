package memory

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"foyer/sdk/module"
)

// manyLimit is how many keys GetMany takes.
const manyLimit = 50

// document is a document with its index.
type document struct {
	module.Document
	index map[string]string
}

// lives reports whether it has not expired.
func (d document) lives(now time.Time) bool { return d.ExpiresAt.IsZero() || d.ExpiresAt.After(now) }

// shown is a copy for the module.
func (d document) shown() module.Document {
	out := d.Document
	out.Value = append([]byte{}, out.Value...)
	return out
}

// namespaceOf is the namespace of a collection. No module's name has a slash.
func namespaceOf(moduleName, collection string) string {
	if collection == module.KVCollection {
		return moduleName
	}
	return moduleName + "/" + collection
}

// find returns a live document; the lock is held.
func (g *Gateway) find(namespace, key string) (document, bool) {
	d, ok := g.documents[namespace][key]
	return d, ok && d.lives(g.now())
}

// store writes a document in place of what is there; the lock is held.
func (g *Gateway) store(namespace, key string, value []byte, expires time.Time, index map[string]string) int64 {
	if g.documents[namespace] == nil {
		g.documents[namespace] = map[string]document{}
	}
	revision := rand.Int64N(1<<62) + 2 // in no order
	index = maps.Clone(index)
	maps.DeleteFunc(index, func(_, value string) bool { return value == "" })
	g.documents[namespace][key] = document{index: index, Document: module.Document{
		Key: key, Value: bytes.Clone(value), Revision: revision, ExpiresAt: stamp(expires),
	}}
	return revision
}

// documents implements module.Documents.
type documents struct {
	gateway *Gateway
	name    string
}

func (d documents) Get(ctx context.Context, collection, key string) (module.Document, error) {
	list, err := d.GetMany(ctx, collection, key)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("document %s/%s: %w", collection, key, module.ErrNotFound)
	}
	if err != nil {
		return module.Document{}, err
	}
	return list[0], nil
}

func (d documents) GetMany(_ context.Context, collection string, keys ...string) ([]module.Document, error) {
	if err := module.CheckCollection(collection); err != nil {
		return nil, err
	}
	if len(keys) > manyLimit {
		return nil, fmt.Errorf("%w: %d keys at once are more than %d", module.ErrInvalid, len(keys), manyLimit)
	}
	d.gateway.mu.Lock()
	defer d.gateway.mu.Unlock()
	var list []module.Document
	for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		if one, ok := d.gateway.find(namespaceOf(d.name, collection), key); ok {
			list = append(list, one.shown())
		}
	}
	return list, nil
}

func (d documents) Commit(_ context.Context, then module.Then) ([]int64, error) {
	s, err := stepOf(d.name, then)
	if err != nil {
		return nil, err
	}
	d.gateway.mu.Lock()
	defer d.gateway.mu.Unlock()
	if err := d.gateway.allows(s); err != nil {
		return nil, err
	}
	return d.gateway.take(s), nil
}

// Documents returns the documents of a module's collection that have not expired,
// by key.
func (g *Gateway) Documents(moduleName, collection string) []module.Document {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []module.Document
	for _, one := range g.documents[namespaceOf(moduleName, collection)] {
		if one.lives(g.now()) {
			list = append(list, one.shown())
		}
	}
	slices.SortFunc(list, func(a, b module.Document) int { return strings.Compare(a.Key, b.Key) })
	return list
}
