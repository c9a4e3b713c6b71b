package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func kv(t *testing.T, s *store.Store) {
	ctx := t.Context()
	now := moment
	holds := func(t *testing.T, ns, key string, at time.Time, want string) {
		t.Helper()
		got, err := s.KVGet(ctx, ns, key, at)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	lacks := func(t *testing.T, ns, key string, at time.Time) {
		t.Helper()
		_, err := s.KVGet(ctx, ns, key, at)
		require.ErrorIs(t, err, store.ErrNotFound)
	}

	t.Run("a value is replaced, with its end", func(t *testing.T) {
		require.NoError(t, s.KVPut(ctx, "a", "k", []byte("one"), ptr(now.Add(time.Second))))
		holds(t, "a", "k", now, "one")
		lacks(t, "a", "k", now.Add(time.Second))
		require.NoError(t, s.KVPut(ctx, "a", "k", []byte{0, 0xff}, nil))
		holds(t, "a", "k", now.AddDate(100, 0, 0), "\x00\xff")
	})

	t.Run("modules do not see each other", func(t *testing.T) {
		lacks(t, "b", "k", now)
		require.NoError(t, s.KVPut(ctx, "b", "k", []byte("theirs"), nil))
		require.NoError(t, s.KVDelete(ctx, "b", "k"))
		lacks(t, "b", "k", now)
		holds(t, "a", "k", now, "\x00\xff")
		require.NoError(t, s.KVDelete(ctx, "b", "k"), "a missing key is fine")
	})

	t.Run("nil is an empty value", func(t *testing.T) {
		require.NoError(t, s.KVPut(ctx, "a", "empty", nil, nil))
		holds(t, "a", "empty", now, "")
		done, err := s.KVDeleteIf(ctx, "a", "empty", []byte{})
		require.NoError(t, err)
		require.True(t, done)
	})

	t.Run("put if absent yields to what lives", func(t *testing.T) {
		end := now.Add(time.Minute)
		for _, step := range []struct {
			value string
			at    time.Time
			want  bool
			holds string
		}{
			{"first", now, true, "first"},
			{"second", now, false, "first"},
			{"third", end.Add(-time.Microsecond), false, "first"},
			{"fourth", end, true, "fourth"}, // which has ended by then, too
			{"fifth", end, true, "fifth"},
		} {
			done, err := s.KVPutIfAbsent(ctx, "a", "lock", []byte(step.value), &end, step.at)
			require.NoError(t, err)
			require.Equal(t, step.want, done, step.value)
			holds(t, "a", "lock", now, step.holds)
		}
		done, err := s.KVPutIfAbsent(ctx, "a", "ever", nil, nil, now)
		require.NoError(t, err)
		require.True(t, done)
		done, err = s.KVPutIfAbsent(ctx, "a", "ever", nil, nil, now.AddDate(100, 0, 0))
		require.NoError(t, err)
		require.False(t, done, "what has no end does not end")
	})

	t.Run("several are read at once", func(t *testing.T) {
		require.NoError(t, s.KVPut(ctx, "many", "one", []byte("1"), nil))
		require.NoError(t, s.KVPut(ctx, "many", "two", []byte("2"), ptr(now.Add(time.Second))))
		require.NoError(t, s.KVPut(ctx, "many", "past", []byte("3"), &now))
		require.NoError(t, s.KVPut(ctx, "many", "other", []byte("4"), nil))
		require.NoError(t, s.KVPut(ctx, "b", "one", []byte("theirs"), nil))
		got, err := s.KVGetMany(ctx, "many", now, "one", "two", "past", "missing", "one")
		require.NoError(t, err)
		require.Equal(t, map[string][]byte{"one": []byte("1"), "two": []byte("2")}, got)
		require.NoError(t, s.KVDelete(ctx, "many", "past"))
		require.NoError(t, s.KVDelete(ctx, "many", "two"))
		got, err = s.KVGetMany(ctx, "many", now)
		require.NoError(t, err)
		require.Empty(t, got)
	})

	t.Run("several are put at once", func(t *testing.T) {
		require.NoError(t, s.KVPut(ctx, "put", "one", []byte("old"), &now))
		values := map[string][]byte{"one": []byte("1"), "none": nil}
		for i := range 500 {
			values[fmt.Sprint("k", i)] = []byte{0, byte(i)}
		}
		require.NoError(t, s.KVPutMany(ctx, "put", values, ptr(now.Add(time.Second))))
		for key, value := range values {
			holds(t, "put", key, now, string(value))
		}
		lacks(t, "put", "one", now.Add(time.Second))
		require.NoError(t, s.KVPutMany(ctx, "put", map[string][]byte{"one": []byte("2")}, nil))
		holds(t, "put", "one", now.AddDate(100, 0, 0), "2")
		require.NoError(t, s.KVPutMany(ctx, "put", nil, nil))
	})

	t.Run("what is raised never falls while it lives", func(t *testing.T) {
		end := now.Add(time.Minute)
		for _, step := range []struct {
			value string
			at    time.Time
			holds string
		}{
			{"b", now, "b"},
			{"a", now, "b"},
			{"b", now, "b"},
			{"\xff", now, "\xff"}, // bytes, whatever they mean as text
			{"\xfe\xff", now, "\xff"},
			{"a", end, "a"}, // which has ended by then, too
		} {
			require.NoError(t, s.KVRaise(ctx, "a", "high", []byte(step.value), &end, step.at))
			holds(t, "a", "high", now, step.holds)
		}
		require.NoError(t, s.KVRaise(ctx, "a", "high", []byte("b"), ptr(end.Add(time.Minute)), now))
		holds(t, "a", "high", end, "b")
		require.NoError(t, s.KVDelete(ctx, "a", "high"))
	})

	t.Run("delete if unchanged", func(t *testing.T) {
		require.NoError(t, s.KVPut(ctx, "a", "mine", []byte("token"), nil))
		for _, step := range []struct {
			key, value string
			want       bool
		}{{"mine", "Token", false}, {"mine", "", false}, {"other", "token", false}, {"mine", "token", true}, {"mine", "token", false}} {
			done, err := s.KVDeleteIf(ctx, "a", step.key, []byte(step.value))
			require.NoError(t, err)
			require.Equal(t, step.want, done, step)
		}
	})

	t.Run("what is taken is gone, what has ended is not taken", func(t *testing.T) {
		require.NoError(t, s.KVPut(ctx, "a", "once", []byte("value"), ptr(now.Add(time.Second))))
		_, err := s.KVTake(ctx, "a", "once", now.Add(time.Second))
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = s.KVTake(ctx, "b", "once", now)
		require.ErrorIs(t, err, store.ErrNotFound)
		got, err := s.KVTake(ctx, "a", "once", now)
		require.NoError(t, err)
		require.Equal(t, "value", string(got))
		lacks(t, "a", "once", now)
		_, err = s.KVTake(ctx, "a", "once", now)
		require.ErrorIs(t, err, store.ErrNotFound)
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
			require.NoError(t, tx.KVPut(ctx, "a", "tx", []byte("value"), nil))
			got, err := tx.KVTake(ctx, "a", "tx", now)
			require.Equal(t, "value", string(got))
			return err
		}))
	})

	t.Run("expired values go, others stay", func(t *testing.T) {
		for key, end := range map[string]*time.Time{"past": ptr(now.Add(-time.Second)), "edge": &now, "next": ptr(now.Add(time.Microsecond)), "ever": nil} {
			require.NoError(t, s.KVPut(ctx, "gc", key, []byte(key), end))
		}
		n, err := s.DeleteExpiredKV(ctx, now, 10)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		holds(t, "gc", "next", now, "next")
		holds(t, "gc", "ever", now, "ever")
		lacks(t, "gc", "past", now.Add(-time.Hour))
	})
}
