package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// write does one write in its own transaction.
func write(ctx context.Context, s *store.Store, w store.DocumentWrite, now time.Time) (revision int64, err error) {
	err = s.InTx(ctx, func(tx *store.Tx) (err error) {
		revision, err = tx.WriteDocument(ctx, w, now)
		return err
	})
	return revision, err
}

// created creates a document that does not exist.
func created(t *testing.T, s *store.Store, ns, key, value string, index map[string]string) int64 {
	t.Helper()
	revision, err := write(t.Context(), s, store.DocumentWrite{Namespace: ns, Key: key, Value: []byte(value), Index: index}, moment)
	require.NoError(t, err)
	return revision
}

// keysOf lists all pages of a query, a few keys at a time.
func keysOf(t *testing.T, s *store.Store, x store.DocumentQuery) (keys []string) {
	t.Helper()
	if x.Limit == 0 {
		x.Limit, x.Bytes = 2, 1<<20
	}
	for range 100 {
		list, more, err := s.ListDocuments(t.Context(), x, moment)
		require.NoError(t, err)
		require.LessOrEqual(t, len(list), x.Limit)
		for _, d := range list {
			keys = append(keys, d.Key)
		}
		if !more {
			return keys
		}
		last := list[len(list)-1]
		x.After = &store.DocumentCursor{Value: last.At, Key: last.Key}
	}
	t.Fatal("the list does not end")
	return nil
}

func documents(t *testing.T, s *store.Store) {
	ctx, now := t.Context(), moment
	get := func(t *testing.T, ns, key string, at time.Time) store.Document {
		t.Helper()
		list, err := s.Documents(ctx, ns, at, key)
		require.NoError(t, err)
		require.Len(t, list, 1)
		return list[0]
	}

	t.Run("a write is taken where the document is as it was", func(t *testing.T) {
		w := store.DocumentWrite{Namespace: "m/things", Key: "k", Value: []byte("one")}
		first, err := write(ctx, s, w, now)
		require.NoError(t, err)
		require.Equal(t, store.Document{Key: "k", Value: []byte("one"), Revision: first}, get(t, "m/things", "k", now))
		_, err = write(ctx, s, w, now)
		require.ErrorIs(t, err, store.ErrConflict)

		w.Value, w.Revision = []byte("two"), first
		second, err := write(ctx, s, w, now)
		require.NoError(t, err)
		require.NotEqual(t, first, second)
		_, err = write(ctx, s, w, now)
		require.ErrorIs(t, err, store.ErrChanged)
		require.Equal(t, "two", string(get(t, "m/things", "k", now).Value))

		w.Revision, w.Value = store.AnyRevision, nil
		third, err := write(ctx, s, w, now)
		require.NoError(t, err)
		require.Equal(t, []byte{}, get(t, "m/things", "k", now).Value, "nil is an empty value")

		w.Delete, w.Revision = true, second
		_, err = write(ctx, s, w, now)
		require.ErrorIs(t, err, store.ErrChanged)
		w.Revision = third
		_, err = write(ctx, s, w, now)
		require.NoError(t, err)
		for _, w := range []store.DocumentWrite{
			{Namespace: "m/things", Key: "k", Revision: third, Delete: true}, {Namespace: "m/things", Key: "k", Revision: third},
		} {
			_, err = write(ctx, s, w, now)
			require.ErrorIs(t, err, store.ErrNotFound)
		}
		_, err = write(ctx, s, store.DocumentWrite{Namespace: "m/things", Key: "k", Revision: store.AnyRevision, Delete: true}, now)
		require.NoError(t, err, "a missing one is fine")
		again := created(t, s, "m/things", "k", "again", nil)
		require.NotContains(t, []int64{first, second, third}, again, "a revision does not come back")
	})

	t.Run("what has ended is not there", func(t *testing.T) {
		end := now.Add(time.Minute)
		w := store.DocumentWrite{Namespace: "m/ends", Key: "k", Value: []byte("v"), ExpiresAt: &end, Index: map[string]string{"by": "x"}}
		revision, err := write(ctx, s, w, now)
		require.NoError(t, err)
		require.Equal(t, end.UTC(), *get(t, "m/ends", "k", now).ExpiresAt)
		list, err := s.Documents(ctx, "m/ends", end, "k")
		require.NoError(t, err)
		require.Empty(t, list)
		for _, index := range []string{"", "by"} {
			list, more, err := s.ListDocuments(ctx, store.DocumentQuery{Namespace: "m/ends", Index: index, Limit: 10, Bytes: 1}, end)
			require.NoError(t, err)
			require.False(t, more)
			require.Empty(t, list)
		}
		for _, removal := range []bool{true, false} {
			_, err = write(ctx, s, store.DocumentWrite{Namespace: "m/ends", Key: "k", Revision: revision, Delete: removal}, end)
			require.ErrorIs(t, err, store.ErrNotFound)
		}
		_, err = write(ctx, s, store.DocumentWrite{Namespace: "m/ends", Key: "k", Value: []byte("next")}, end)
		require.NoError(t, err, "its place is free")
		require.Nil(t, get(t, "m/ends", "k", end).ExpiresAt)
		require.Empty(t, keysOf(t, s, store.DocumentQuery{Namespace: "m/ends", Index: "by"}), "what was there before is found no more")
	})

	t.Run("a list is in the order of bytes", func(t *testing.T) {
		order := []string{" ", "A", "B", "a", "a!", "a-b", "a/1", "a/10", "a/2", "a/\U0010ffff", "a0", "aa", "b", "é", "\U0001f600", "\U0010ffff", "\U0010ffffx"}
		for i := range order {
			created(t, s, "m/list", order[(i*7)%len(order)], "v", map[string]string{"by": order[(i*7)%len(order)], "all": "x"})
		}
		created(t, s, "m/list2", "a/3", "theirs", map[string]string{"by": "a/3"})
		created(t, s, "n/list", "a/3", "theirs", map[string]string{"by": "a/3"})
		require.Len(t, order, 17)
		backwards := make([]string, len(order))
		for i, key := range order {
			backwards[len(order)-1-i] = key
		}
		for _, index := range []string{"", "by"} {
			x := store.DocumentQuery{Namespace: "m/list", Index: index}
			require.Equal(t, order, keysOf(t, s, x))
			x.Prefix = "a/"
			require.Equal(t, []string{"a/1", "a/10", "a/2", "a/\U0010ffff"}, keysOf(t, s, x))
			x.Prefix = "\U0010ffff"
			require.Equal(t, []string{"\U0010ffff", "\U0010ffffx"}, keysOf(t, s, x))
			x.Prefix = "a/1"
			require.Equal(t, []string{"a/1", "a/10"}, keysOf(t, s, x))
			x.Prefix = "zz"
			require.Empty(t, keysOf(t, s, x))
			x.Prefix, x.Reverse = "", true
			require.Equal(t, backwards, keysOf(t, s, x))
			x.Prefix = "a/1"
			require.Equal(t, []string{"a/10", "a/1"}, keysOf(t, s, x))
		}
		require.Equal(t, []string{"a/1"}, keysOf(t, s, store.DocumentQuery{Namespace: "m/list", Index: "by", Value: "a/1"}))
		require.Equal(t, order, keysOf(t, s, store.DocumentQuery{Namespace: "m/list", Index: "all", Value: "x"}), "those of one value are by key")
		require.Equal(t, backwards, keysOf(t, s, store.DocumentQuery{Namespace: "m/list", Index: "all", Value: "x", Reverse: true}))
		require.Empty(t, keysOf(t, s, store.DocumentQuery{Namespace: "m/list", Index: "unknown"}))
	})

	t.Run("a page of large documents is shorter", func(t *testing.T) {
		for i := range 5 {
			created(t, s, "m/large", fmt.Sprint(i), "0123456789", nil)
		}
		list, more, err := s.ListDocuments(ctx, store.DocumentQuery{Namespace: "m/large", Limit: 10, Bytes: 15}, now)
		require.NoError(t, err)
		require.True(t, more)
		require.Len(t, list, 2)
		list, more, err = s.ListDocuments(ctx, store.DocumentQuery{Namespace: "m/large", Limit: 10, Bytes: 1}, now)
		require.NoError(t, err)
		require.True(t, more)
		require.Len(t, list, 1, "one at least")
		require.Equal(t, []string{"0", "1", "2", "3", "4"}, keysOf(t, s, store.DocumentQuery{Namespace: "m/large", Limit: 10, Bytes: 15}))
	})

	t.Run("a write replaces what the document is found by", func(t *testing.T) {
		by := func(value string) []string {
			return keysOf(t, s, store.DocumentQuery{Namespace: "m/found", Index: "room", Value: value})
		}
		revision := created(t, s, "m/found", "k", "v", map[string]string{"room": "one", "state": "new", "empty": ""})
		require.Equal(t, []string{"k"}, by("one"))
		require.Empty(t, keysOf(t, s, store.DocumentQuery{Namespace: "m/found", Index: "empty"}), "without a value it is not in the index")
		_, err := write(ctx, s, store.DocumentWrite{Namespace: "m/found", Key: "k", Value: []byte("v"), Revision: revision, Index: map[string]string{"room": "two"}}, now)
		require.NoError(t, err)
		require.Empty(t, by("one"))
		require.Equal(t, []string{"k"}, by("two"))
		require.Empty(t, keysOf(t, s, store.DocumentQuery{Namespace: "m/found", Index: "state"}))
		_, err = write(ctx, s, store.DocumentWrite{Namespace: "m/found", Key: "k", Revision: store.AnyRevision, Delete: true}, now)
		require.NoError(t, err)
		require.Empty(t, by("two"))
		before := count(t, s, "foyer_document_index")
		created(t, s, "m/found", "k", "v", map[string]string{"room": "one"})
		require.NoError(t, s.KVDelete(ctx, "m/found", "k"), "whatever removes it")
		require.Equal(t, before, count(t, s, "foyer_document_index"))
	})

	t.Run("values are documents of a namespace", func(t *testing.T) {
		require.NoError(t, s.KVPut(ctx, "m", "k", []byte("v"), nil))
		d := get(t, "m", "k", now)
		require.Equal(t, "v", string(d.Value))
		require.NoError(t, s.KVPut(ctx, "m", "k", []byte("v"), nil))
		_, err := write(ctx, s, store.DocumentWrite{Namespace: "m", Key: "k", Revision: d.Revision}, now)
		require.ErrorIs(t, err, store.ErrChanged, "every write gives another revision")
		_, err = write(ctx, s, store.DocumentWrite{Namespace: "m", Key: "k", Value: []byte("w"), Revision: get(t, "m", "k", now).Revision}, now)
		require.NoError(t, err)
		v, err := s.KVGet(ctx, "m", "k", now)
		require.NoError(t, err)
		require.Equal(t, "w", string(v))
		require.Equal(t, []string{"k"}, keysOf(t, s, store.DocumentQuery{Namespace: "m"}))
	})

	t.Run("a failed write takes the others with it", func(t *testing.T) {
		created(t, s, "m/both", "there", "v", nil)
		err := s.InTx(ctx, func(tx *store.Tx) error {
			if _, err := tx.WriteDocument(ctx, store.DocumentWrite{Namespace: "m/both", Key: "new", Index: map[string]string{"by": "x"}}, now); err != nil {
				return err
			}
			_, err := tx.WriteDocument(ctx, store.DocumentWrite{Namespace: "m/both", Key: "there"}, now)
			return err
		})
		require.ErrorIs(t, err, store.ErrConflict)
		require.Equal(t, []string{"there"}, keysOf(t, s, store.DocumentQuery{Namespace: "m/both"}))
	})

	t.Run("several are read at once", func(t *testing.T) {
		for _, key := range []string{"b", "a", "c"} {
			created(t, s, "m/many", key, key, nil)
		}
		list, err := s.Documents(ctx, "m/many", now, "c", "a", "missing", "a")
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, []string{"a", "c"}, []string{list[0].Key, list[1].Key})
		list, err = s.Documents(ctx, "m/many", now)
		require.NoError(t, err)
		require.Empty(t, list)
	})
}

// documentSweep tests that expired documents are removed in parts, along with
// their index values.
func documentSweep(t *testing.T, s *store.Store) {
	ctx, now := t.Context(), moment
	for i := range 5 {
		end := now.Add(time.Duration(i-3) * time.Second)
		_, err := write(ctx, s, store.DocumentWrite{Namespace: "m/gc", Key: fmt.Sprint(i), ExpiresAt: &end, Index: map[string]string{"by": "x", "as": "y"}}, now.Add(-time.Hour))
		require.NoError(t, err)
	}
	require.Equal(t, 10, count(t, s, "foyer_document_index"))
	for _, want := range []int{2, 2, 0} {
		n, err := s.DeleteExpiredKV(ctx, now, 2)
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	require.Equal(t, []string{"4"}, keysOf(t, s, store.DocumentQuery{Namespace: "m/gc"}))
	require.Equal(t, 2, count(t, s, "foyer_document_index"))
}

// documentRaces tests that of several concurrent writers each learns its result.
func documentRaces(t *testing.T, s *store.Store) {
	ctx, now := t.Context(), moment
	const writers = 8
	atOnce := func(w func(i int) store.DocumentWrite) (done int) {
		var wait sync.WaitGroup
		errs := make([]error, writers)
		for i := range writers {
			wait.Go(func() { _, errs[i] = write(ctx, s, w(i), now) })
		}
		wait.Wait()
		for _, err := range errs {
			if err == nil {
				done++
			}
		}
		return done
	}
	require.Equal(t, 1, atOnce(func(i int) store.DocumentWrite {
		return store.DocumentWrite{Namespace: "m/race", Key: "k", Value: fmt.Append(nil, i), Index: map[string]string{"by": fmt.Sprint(i)}}
	}), "one creates it")
	list, err := s.Documents(ctx, "m/race", now, "k")
	require.NoError(t, err)
	require.Equal(t, 1, atOnce(func(i int) store.DocumentWrite {
		return store.DocumentWrite{Namespace: "m/race", Key: "k", Value: fmt.Append(nil, i), Revision: list[0].Revision, Index: map[string]string{"by": fmt.Sprint(i)}}
	}), "one changes it")
	list, err = s.Documents(ctx, "m/race", now, "k")
	require.NoError(t, err)
	require.Equal(t, []string{"k"}, keysOf(t, s, store.DocumentQuery{Namespace: "m/race", Index: "by", Value: string(list[0].Value)}))
	require.Equal(t, 1, count(t, s, "foyer_document_index"), "it is found by what it says")
	require.Equal(t, writers, atOnce(func(i int) store.DocumentWrite {
		return store.DocumentWrite{Namespace: "m/race", Key: "k", Value: fmt.Append(nil, i), Revision: store.AnyRevision, Index: map[string]string{"by": fmt.Sprint(i)}}
	}), "who does not care is taken")
	list, err = s.Documents(ctx, "m/race", now, "k")
	require.NoError(t, err)
	require.Equal(t, []string{"k"}, keysOf(t, s, store.DocumentQuery{Namespace: "m/race", Index: "by", Value: string(list[0].Value)}))
	require.Equal(t, 1, count(t, s, "foyer_document_index"))
}
