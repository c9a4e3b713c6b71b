package documents

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"foyer/core/store"
	"foyer/sdk/module"
)

// Limits that module.DocumentQuery promises.
const (
	pageLimit = 100
	manyLimit = 50
	pageBytes = 1 << 20 // beyond which a page ends
)

// keeper implements module.Documents for one module.
type keeper struct {
	*Service
	name string
}

func shown(d store.Document) module.Document {
	out := module.Document{Key: d.Key, Value: d.Value, Revision: d.Revision}
	if d.ExpiresAt != nil {
		out.ExpiresAt = *d.ExpiresAt
	}
	return out
}

func (k *keeper) Get(ctx context.Context, collection, key string) (module.Document, error) {
	list, err := k.GetMany(ctx, collection, key)
	if err == nil && len(list) == 0 {
		err = module.ErrNotFound
	}
	if err != nil {
		return module.Document{}, err
	}
	return list[0], nil
}

func (k *keeper) GetMany(ctx context.Context, collection string, keys ...string) ([]module.Document, error) {
	if err := module.CheckCollection(collection); err != nil {
		return nil, err
	}
	if len(keys) > manyLimit {
		return nil, invalid("%d keys at once are more than %d", len(keys), manyLimit)
	}
	possible := make([]string, 0, len(keys))
	for _, key := range keys {
		if module.CheckDocumentText("a key", key) == nil { // no document has any other
			possible = append(possible, key)
		}
	}
	found, err := k.store.Documents(ctx, namespaceOf(k.name, collection), time.Now(), possible...)
	if err != nil {
		return nil, err
	}
	list := make([]module.Document, len(found))
	for i, d := range found {
		list[i] = shown(d)
	}
	return list, nil
}

func (k *keeper) List(ctx context.Context, q module.DocumentQuery) (page module.DocumentPage, err error) {
	x, err := queryOf(k.name, q)
	if err != nil {
		return page, err
	}
	list, more, err := k.store.ListDocuments(ctx, x, time.Now())
	if err != nil {
		return page, err
	}
	for _, d := range list {
		page.Documents = append(page.Documents, shown(d))
	}
	if more {
		last := list[len(list)-1]
		page.Next = writeCursor(store.DocumentCursor{Value: last.At, Key: last.Key})
	}
	return page, nil
}

func queryOf(moduleName string, q module.DocumentQuery) (x store.DocumentQuery, err error) {
	if err := q.Check(); err != nil {
		return x, err
	}
	x = store.DocumentQuery{
		Namespace: namespaceOf(moduleName, q.Collection), Index: q.Index, Prefix: q.Prefix, Value: q.Value, Reverse: q.Reverse,
		Limit: cmp.Or(q.Limit, pageLimit), Bytes: pageBytes,
	}
	if q.After != "" {
		x.After, err = readCursor(q.After)
	}
	return x, err
}

func (k *keeper) Commit(ctx context.Context, then module.Then) (revisions []int64, err error) {
	err = k.store.InTx(ctx, func(tx *store.Tx) (err error) {
		revisions, err = k.Follow(ctx, tx, k.name, then)
		return err
	})
	if err != nil {
		return nil, err
	}
	return revisions, nil
}

func writeCursor(c store.DocumentCursor) string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func readCursor(text string) (*store.DocumentCursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	c := &store.DocumentCursor{}
	if err == nil {
		err = json.Unmarshal(b, c)
	}
	if err != nil || module.CheckDocumentText("a cursor", c.Key) != nil || module.CheckDocumentText("a cursor", c.Value) != nil {
		return nil, invalid("%.40q is not a cursor of a list of documents", text)
	}
	return c, nil
}
