package process_test

import (
	"fmt"
	"time"

	"foyer/sdk/module"
)

// revision returns one that was given out before, or one that never is.
func (w *twins) revision() func(i int) int64 {
	n := w.IntN(len(w.revisions[0]) + 6)
	return func(i int) int64 {
		switch {
		case n < len(w.revisions[i]):
			return w.revisions[i][n]
		case n < len(w.revisions[i])+3:
			return 0
		}
		return module.AnyRevision
	}
}

var keys = []string{"a", "b", "ba", "é", "\x7f", "b\x00", "\xff", "𐀀", "\uffff", ""}

func (w *twins) write() func(i int) module.DocumentWrite {
	one := module.DocumentWrite{
		Collection: pick(w, "c", "c", "c", "d", module.KVCollection, "C"), Key: pick(w, keys[:5]...), Value: []byte{byte(w.Uint32())},
		Index: pick(w, nil, map[string]string{"by": pick(w, keys...)}, map[string]string{"by": pick(w, keys[:3]...), "at": "x"}), Delete: w.IntN(4) == 0,
		ExpiresAt: pick(w, time.Time{}, time.Time{}, time.Now().Add(time.Hour), time.Now().Add(-time.Hour)),
	}
	if w.IntN(10) == 0 {
		one.Key = pick(w, keys...)
	}
	revision := w.revision()
	return func(i int) module.DocumentWrite {
		one := one
		one.Revision = revision(i)
		return one
	}
}

func (w *twins) commit() {
	var writes []func(int) module.DocumentWrite
	for range 1 + w.IntN(3) {
		writes = append(writes, w.write())
	}
	w.both("commit", func(i int, h module.Host) string {
		var then module.Then
		for _, write := range writes {
			then.Write = append(then.Write, write(i))
		}
		revisions, err := h.Documents().Commit(w.Context(), then)
		written := ""
		for _, r := range revisions {
			if r != 0 {
				w.revisions[i] = append(w.revisions[i], r)
			}
			written += fmt.Sprint(r != 0, " ")
		}
		return fmt.Sprint(written, kindOf(err))
	})
}

func (w *twins) list() {
	q := module.DocumentQuery{
		Collection: pick(w, "c", "c", "d", module.KVCollection), Index: pick(w, "", "", "by", "at"), Reverse: w.IntN(2) == 0, Limit: w.IntN(4),
	}
	if w.IntN(3) == 0 {
		q.Prefix = pick(w, keys...)
	} else if w.IntN(3) == 0 {
		q.Value = pick(w, keys...)
	}
	var after [2]string
	for range 20 {
		w.both(fmt.Sprintf("list %+v", q), func(i int, h module.Host) string {
			q := q
			q.After = after[i]
			page, err := h.Documents().List(w.Context(), q)
			after[i] = page.Next
			told := fmt.Sprint(kindOf(err), page.Next == "")
			for _, d := range page.Documents {
				told += fmt.Sprintf(" %q=%v", d.Key, d.Value)
			}
			return told
		})
		if after[0] == "" {
			return
		}
	}
}

func (w *twins) value() {
	key, value, verb := pick(w, keys...), []byte{byte(w.IntN(3))}, w.IntN(5)
	w.both("value", func(i int, h module.Host) string {
		var done bool
		var got []byte
		var err error
		switch kv := h.KV(); verb {
		case 0:
			got, err = kv.Get(w.Context(), key)
		case 1:
			err = kv.Put(w.Context(), key, value, time.Hour)
		case 2:
			done, err = kv.PutIfAbsent(w.Context(), key, value, 0)
		case 3:
			done, err = kv.DeleteIf(w.Context(), key, value)
		case 4:
			err = kv.Delete(w.Context(), key)
		}
		return fmt.Sprint(verb, done, string(got), kindOf(err))
	})
}
