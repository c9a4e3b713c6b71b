package store

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Document is the last written value under a key of a namespace.
type Document struct {
	Key       string
	Value     []byte
	Revision  int64
	ExpiresAt *time.Time // nil = never
	// At is its place in the list that it came with: the index value.
	At string
}

// AnyRevision is for writes that do not care what was there before.
const AnyRevision int64 = -1

// DocumentWrite is one write.
type DocumentWrite struct {
	Namespace, Key string
	Value          []byte
	Index          map[string]string // values by index name; "" is left out
	ExpiresAt      *time.Time
	Revision       int64 // the document's; 0 = there must be none; AnyRevision
	Delete         bool
}

// DocumentCursor is a place in a list.
type DocumentCursor struct{ Value, Key string }

// DocumentQuery asks for part of a namespace, by key or by an index.
type DocumentQuery struct {
	Namespace string
	Index     string // name of the index, "" = by key
	Prefix    string // of keys, or of index values
	Value     string // an exact index value, instead of Prefix
	Reverse   bool
	After     *DocumentCursor
	Limit     int // rows
	Bytes     int // of values, beyond which the list ends early
}

// Revisions are random: a document that is deleted and created again gets another
// one too.
func newRevision() int64 { return rand.Int64N(1<<62) + 2 }

const documentColumns = `k.key, k.value, k.revision, k.expires_at`

const documentLives = ` AND (k.expires_at IS NULL OR k.expires_at > $2)`

func scanDocument(r rows, more ...any) (d Document, err error) {
	err = r.Scan(append([]any{&d.Key, &d.Value, &d.Revision, &d.ExpiresAt}, more...)...)
	d.Value = bytesOf(d.Value)
	if d.ExpiresAt != nil {
		at := d.ExpiresAt.UTC()
		d.ExpiresAt = &at
	}
	return d, err
}

// Documents returns the live documents of keys, by key, in one statement.
func (q Queries) Documents(ctx context.Context, ns string, now time.Time, keys ...string) ([]Document, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(keys)), []any{ns, stamp(now)}
	for i, key := range keys {
		args = append(args, key)
		marks[i] = "$" + strconv.Itoa(len(args))
	}
	list, err := all(ctx, q.c, func(r rows) (Document, error) { return scanDocument(r) },
		`SELECT `+documentColumns+` FROM foyer_kv k WHERE k.namespace = $1`+documentLives+
			` AND k.key IN (`+strings.Join(marks, ", ")+`) ORDER BY k.key`, args...)
	if err != nil {
		return nil, fmt.Errorf("get %d documents of %s: %w", len(keys), ns, err)
	}
	return list, nil
}

// ListDocuments returns part of a namespace, and whether there is more.
func (q Queries) ListDocuments(ctx context.Context, x DocumentQuery, now time.Time) (list []Document, more bool, err error) {
	text, args := x.statement(now)
	r, err := q.c.query(ctx, text, args...)
	if err != nil {
		return nil, false, fmt.Errorf("list %s: %w", x.Namespace, translate(err))
	}
	defer r.Close()
	size := 0
	for r.Next() {
		if len(list) == x.Limit || len(list) > 0 && size >= x.Bytes {
			return list, true, nil
		}
		var at string
		d, err := scanDocument(r, &at)
		if err != nil {
			return nil, false, fmt.Errorf("list %s: %w", x.Namespace, translate(err))
		}
		d.At = at
		size += len(d.Value)
		list = append(list, d)
	}
	if err := r.Err(); err != nil {
		return nil, false, fmt.Errorf("list %s: %w", x.Namespace, translate(err))
	}
	return list, false, nil
}

// statement asks for one row more than the limit, to find out whether there is
// more.
func (x DocumentQuery) statement(now time.Time) (string, []any) {
	from, place, ordered := `foyer_kv k WHERE k.namespace = $1`, `k.key`, `k.key`
	args := []any{x.Namespace, stamp(now)}
	mark := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	var text strings.Builder
	if x.Index != "" {
		from = `foyer_document_index i JOIN foyer_kv k ON k.namespace = i.namespace AND k.key = i.key WHERE i.namespace = $1 AND i.name = ` + mark(x.Index)
		place, ordered = `i.value`, `i.value, i.key`
	}
	if x.Value != "" {
		text.WriteString(` AND ` + place + ` = ` + mark(x.Value))
	} else if x.Prefix != "" {
		text.WriteString(` AND ` + place + ` >= ` + mark(x.Prefix))
		if end := prefixEnd(x.Prefix); end != "" {
			text.WriteString(` AND ` + place + ` < ` + mark(end))
		}
	}
	then, direction := ` > `, ``
	if x.Reverse {
		then, direction = ` < `, ` DESC`
	}
	if x.After != nil && x.Index != "" {
		text.WriteString(` AND (i.value, i.key)` + then + `(` + mark(x.After.Value) + `, ` + mark(x.After.Key) + `)`)
	} else if x.After != nil {
		text.WriteString(` AND k.key` + then + mark(x.After.Key))
	}
	order := strings.ReplaceAll(ordered, `,`, direction+`,`) + direction
	return `SELECT ` + documentColumns + `, ` + place + ` FROM ` + from + documentLives + text.String() +
		` ORDER BY ` + order + ` LIMIT ` + mark(x.Limit+1), args
}

// prefixEnd is the smallest text greater than all that begins with prefix, code
// point by code point, which is byte by byte in UTF-8; "" = there is none.
func prefixEnd(prefix string) string {
	points := []rune(prefix)
	for i := len(points) - 1; i >= 0; i-- {
		next := points[i] + 1
		if next == 0xd800 { // surrogates are not characters
			next = 0xe000
		}
		if next <= utf8.MaxRune {
			return string(append(points[:i], next))
		}
	}
	return ""
}

// WriteDocument does one write and returns the revision of what was written, 0
// for a removal. ErrConflict if it was to be created but exists. ErrNotFound or
// ErrChanged if it does not exist or has another revision.
func (t *Tx) WriteDocument(ctx context.Context, w DocumentWrite, now time.Time) (int64, error) {
	revision, err := t.writeDocument(ctx, w, now)
	if err != nil {
		return 0, fmt.Errorf("write %s/%s: %w", w.Namespace, w.Key, err)
	}
	return revision, nil
}

func (t *Tx) writeDocument(ctx context.Context, w DocumentWrite, now time.Time) (int64, error) {
	if w.Delete {
		return 0, t.deleteDocument(ctx, w, now)
	}
	revision := newRevision()
	args := []any{w.Namespace, w.Key, bytesOf(w.Value), stampOf(w.ExpiresAt), revision}
	var n int
	var err error
	switch w.Revision {
	case AnyRevision:
		n, err = t.c.exec(ctx, putValue, args...)
	case 0:
		n, err = t.c.exec(ctx, putValue+` WHERE foyer_kv.expires_at <= $6`, append(args, stamp(now))...)
	default:
		n, err = t.c.exec(ctx, `UPDATE foyer_kv SET value = $3, expires_at = $4, revision = $5 WHERE namespace = $1 AND key = $2
			AND revision = $6 AND (expires_at IS NULL OR expires_at > $7)`, append(args, w.Revision, stamp(now))...)
	}
	switch {
	case err != nil:
		return 0, translate(err)
	case n == 0 && w.Revision == 0:
		return 0, ErrConflict
	case n == 0:
		return 0, t.missed(ctx, w, now)
	}
	return revision, t.indexDocument(ctx, w)
}

func (t *Tx) deleteDocument(ctx context.Context, w DocumentWrite, now time.Time) error {
	if w.Revision == AnyRevision {
		_, err := t.c.exec(ctx, `DELETE FROM foyer_kv WHERE namespace = $1 AND key = $2`, w.Namespace, w.Key)
		return translate(err)
	}
	n, err := t.c.exec(ctx, `DELETE FROM foyer_kv WHERE namespace = $1 AND key = $2 AND revision = $3
		AND (expires_at IS NULL OR expires_at > $4)`, w.Namespace, w.Key, w.Revision, stamp(now))
	if err == nil && n == 0 {
		return t.missed(ctx, w, now)
	}
	return translate(err)
}

// missed returns why a document with that revision was not found.
func (t *Tx) missed(ctx context.Context, w DocumentWrite, now time.Time) error {
	list, err := t.Documents(ctx, w.Namespace, now, w.Key)
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return ErrNotFound
	}
	return ErrChanged
}

// indexDocument replaces the document's index values.
func (t *Tx) indexDocument(ctx context.Context, w DocumentWrite) error {
	_, err := t.c.exec(ctx, `DELETE FROM foyer_document_index WHERE namespace = $1 AND key = $2`, w.Namespace, w.Key)
	if err != nil {
		return translate(err)
	}
	args, lines := []any{w.Namespace, w.Key}, []string(nil)
	for _, name := range slices.Sorted(maps.Keys(w.Index)) {
		if w.Index[name] == "" {
			continue
		}
		args = append(args, name, w.Index[name])
		lines = append(lines, fmt.Sprintf(`($1, $2, $%d, $%d)`, len(args)-1, len(args)))
	}
	if len(lines) == 0 {
		return nil
	}
	_, err = t.c.exec(ctx, `INSERT INTO foyer_document_index (namespace, key, name, value) VALUES `+strings.Join(lines, ", "), args...)
	return translate(err)
}
