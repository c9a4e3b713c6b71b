package documents

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"foyer/core/store"
	"foyer/sdk/module"
)

// What module.DocumentWrite promises.
const (
	keyLimit    = 512      // bytes, of values of an index too
	valueLimit  = 64 << 10 // bytes
	indexLimit  = 10
	writesLimit = 100
	followLimit = 100     // jobs, and events
	bytesLimit  = 2 << 20 // of all values of a commit
)

// name is how collections and indexes are called.
var name = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", module.ErrInvalid, fmt.Sprintf(format, args...))
}

// namespaceOf is where a collection is. No name of a module has a slash.
func namespaceOf(moduleName, collection string) (string, error) {
	if !name.MatchString(collection) {
		return "", invalid("a collection cannot be named %q", collection)
	}
	if collection == module.KVCollection {
		return moduleName, nil
	}
	return moduleName + "/" + collection, nil
}

func checkText(what, text string) error {
	if len(text) > keyLimit || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return invalid("%s of %d bytes is longer than %d, not UTF-8, or has a NUL", what, len(text), keyLimit)
	}
	return nil
}

// writes are those of one commit, checked, in the order in which they are given.
type writes []store.DocumentWrite

func writesOf(moduleName string, all []module.DocumentWrite) (writes, error) {
	if len(all) > writesLimit {
		return nil, invalid("%d writes at once are more than %d", len(all), writesLimit)
	}
	list, size, seen := make(writes, len(all)), 0, map[[2]string]bool{}
	for i, w := range all {
		one, err := writeOf(moduleName, w)
		if err != nil {
			return nil, err
		}
		place := [2]string{one.Namespace, one.Key}
		if seen[place] {
			return nil, invalid("%s/%s is written twice", w.Collection, w.Key)
		}
		seen[place] = true
		list[i] = one
		size += len(w.Value)
	}
	if size > bytesLimit {
		return nil, invalid("values of %d bytes at once are more than %d", size, bytesLimit)
	}
	return list, nil
}

func writeOf(moduleName string, w module.DocumentWrite) (one store.DocumentWrite, err error) {
	if one.Namespace, err = namespaceOf(moduleName, w.Collection); err != nil {
		return one, err
	}
	if err := checkText("a key", w.Key); err != nil {
		return one, err
	}
	switch {
	case w.Key == "":
		return one, invalid("a document of %s has no key", w.Collection)
	case len(w.Value) > valueLimit:
		return one, invalid("%s/%s of %d bytes is larger than %d", w.Collection, w.Key, len(w.Value), valueLimit)
	case w.Revision < module.AnyRevision:
		return one, invalid("%s/%s: there is no revision %d", w.Collection, w.Key, w.Revision)
	case w.Delete && w.Revision == 0:
		return one, invalid("%s/%s is to be deleted: of which revision?", w.Collection, w.Key)
	case len(w.Index) > indexLimit:
		return one, invalid("%s/%s is in %d indexes, more than %d", w.Collection, w.Key, len(w.Index), indexLimit)
	case len(w.Index) > 0 && w.Collection == module.KVCollection:
		return one, invalid("the collection %s has no indexes", w.Collection)
	}
	for of, value := range w.Index {
		if !name.MatchString(of) {
			return one, invalid("an index cannot be named %q", of)
		}
		if err := checkText("a value of the index "+of, value); err != nil {
			return one, err
		}
	}
	one.Key, one.Value, one.Index, one.Revision, one.Delete = w.Key, w.Value, w.Index, w.Revision, w.Delete
	if !w.ExpiresAt.IsZero() {
		one.ExpiresAt = &w.ExpiresAt
	}
	return one, nil
}

// commit does them in the order of their places, so that two commits never wait
// for each other, and gives the revisions in the order in which they were given.
func (w writes) commit(ctx context.Context, tx *store.Tx) ([]int64, error) {
	if len(w) == 0 {
		return nil, nil
	}
	order := make([]int, len(w))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(w[a].Namespace, w[b].Namespace), cmp.Compare(w[a].Key, w[b].Key))
	})
	now, revisions := time.Now(), make([]int64, len(w))
	for _, i := range order {
		var err error
		if revisions[i], err = tx.WriteDocument(ctx, w[i], now); err != nil {
			return nil, err
		}
	}
	return revisions, nil
}
