package memory

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"foyer/sdk/module"
)

const (
	pageLimit = 100
	pageBytes = 1 << 20 // of values, after which a page ends
)

// cursor is a place in a list: the value of the index, or the key, and the key.
type cursor struct{ Value, Key string }

func (c cursor) compare(other cursor) int {
	return cmp.Or(strings.Compare(c.Value, other.Value), strings.Compare(c.Key, other.Key))
}

// write gives the cursor the form that modules hand back.
func (c cursor) write() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func readCursor(text string) (c cursor, err error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || module.CheckDocumentText("a cursor", c.Key) != nil || module.CheckDocumentText("a cursor", c.Value) != nil {
		return c, fmt.Errorf("%w: %.40q is not a cursor of a list of documents", module.ErrInvalid, text)
	}
	return c, nil
}

// placed is a document at its place in a list.
type placed struct {
	cursor
	document
}

func (d documents) List(_ context.Context, q module.DocumentQuery) (page module.DocumentPage, err error) {
	if err := q.Check(); err != nil {
		return page, err
	}
	var after *cursor
	if q.After != "" {
		c, err := readCursor(q.After)
		if err != nil {
			return page, err
		}
		after = &c
	}
	d.gateway.mu.Lock()
	defer d.gateway.mu.Unlock()
	list, size := d.gateway.list(namespaceOf(d.name, q.Collection), q, after), 0
	for i, one := range list {
		if i == cmp.Or(q.Limit, pageLimit) || i > 0 && size >= pageBytes {
			page.Next = list[i-1].cursor.write()
			break
		}
		page.Documents = append(page.Documents, one.shown())
		size += len(one.Document.Value)
	}
	return page, nil
}

// list returns everything the query asks for after a place, in order.
func (g *Gateway) list(namespace string, q module.DocumentQuery, after *cursor) (list []placed) {
	direction := 1
	if q.Reverse {
		direction = -1
	}
	for _, one := range g.documents[namespace] {
		at := cursor{one.Key, one.Key}
		if q.Index != "" {
			at.Value = one.index[q.Index]
		}
		switch {
		case !one.lives(g.now()), q.Index != "" && at.Value == "", q.Value != "" && at.Value != q.Value, !strings.HasPrefix(at.Value, q.Prefix):
		case after != nil && direction*at.compare(*after) <= 0:
		default:
			list = append(list, placed{at, one})
		}
	}
	slices.SortFunc(list, func(a, b placed) int { return direction * a.compare(b.cursor) })
	return list
}
