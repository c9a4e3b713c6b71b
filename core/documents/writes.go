package documents

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"foyer/core/store"
	"foyer/sdk/module"
)

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", module.ErrInvalid, fmt.Sprintf(format, args...))
}

// namespaceOf is where a collection is kept. No module name contains a slash.
func namespaceOf(moduleName, collection string) string {
	if collection == module.KVCollection {
		return moduleName
	}
	return moduleName + "/" + collection
}

// writes are those of one commit, in the order given.
type writes []store.DocumentWrite

func writesOf(moduleName string, all []module.DocumentWrite) writes {
	list := make(writes, len(all))
	for i, w := range all {
		list[i] = store.DocumentWrite{
			Namespace: namespaceOf(moduleName, w.Collection), Key: w.Key, Value: w.Value, Index: w.Index, Revision: w.Revision, Delete: w.Delete,
		}
		if !w.ExpiresAt.IsZero() {
			list[i].ExpiresAt = &w.ExpiresAt
		}
	}
	return list
}

// commit does them in a fixed order, so that two commits never deadlock, and
// returns the revisions in the order given.
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
