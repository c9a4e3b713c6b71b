package ephemeraltest

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/ephemeral"
)

func holds(t *testing.T, v ephemeral.Values, ns, key, want string) {
	t.Helper()
	got, err := v.Get(t.Context(), ns, key)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}

func lacks(t *testing.T, v ephemeral.Values, ns, key string) {
	t.Helper()
	_, err := v.Get(t.Context(), ns, key)
	require.ErrorIs(t, err, ephemeral.ErrNotFound)
}

func values(t *testing.T, s *ephemeral.Store) {
	v, ctx := s.Values, t.Context()
	lacks(t, v, "a", "k")
	require.NoError(t, v.Put(ctx, "a", "k", []byte("one"), time.Hour))
	holds(t, v, "a", "k", "one")
	for _, value := range []string{"two", "", "\x00\xff\r\n", strings.Repeat("x", 1<<20)} {
		require.NoError(t, v.Put(ctx, "a", "k", []byte(value), time.Hour))
		holds(t, v, "a", "k", value)
	}
	require.NoError(t, v.Put(ctx, "b", "k", []byte("other"), time.Hour))
	require.NoError(t, v.Delete(ctx, "a", "k"))
	require.NoError(t, v.Delete(ctx, "a", "k"), "a missing value is fine")
	lacks(t, v, "a", "k")
	holds(t, v, "b", "k", "other")

	got, err := v.Get(ctx, "b", "k")
	require.NoError(t, err)
	got[0] = 'X'
	holds(t, v, "b", "k", "other")
}

func valuesEnd(t *testing.T, s *ephemeral.Store) {
	v, ctx := s.Values, t.Context()
	require.NoError(t, v.Put(ctx, "a", "short", []byte("x"), 20*time.Millisecond))
	require.NoError(t, v.Put(ctx, "a", "long", []byte("x"), time.Hour))
	require.Eventually(t, func() bool {
		_, err := v.Get(ctx, "a", "short")
		return errors.Is(err, ephemeral.ErrNotFound)
	}, waitLong, waitShort)
	_, err := v.Take(ctx, "a", "short")
	require.ErrorIs(t, err, ephemeral.ErrNotFound)
	done, err := v.PutIfAbsent(ctx, "a", "short", []byte("again"), time.Hour)
	require.NoError(t, err)
	require.True(t, done)
	holds(t, v, "a", "long", "x")

	require.NoError(t, v.Put(ctx, "a", "long", []byte("y"), 0))
	lacks(t, v, "a", "long")
	done, err = v.PutIfAbsent(ctx, "a", "long", []byte("y"), -time.Second)
	require.NoError(t, err)
	require.True(t, done, "nothing was in the way")
	lacks(t, v, "a", "long")
}

func valuesTaken(t *testing.T, s *ephemeral.Store) {
	v, ctx := s.Values, t.Context()
	_, err := v.Take(ctx, "a", "k")
	require.ErrorIs(t, err, ephemeral.ErrNotFound)
	require.NoError(t, v.Put(ctx, "a", "k", []byte("one"), time.Hour))
	var taken atomic.Int32
	atOnce(8, func(int) {
		if got, err := v.Take(ctx, "a", "k"); err == nil && string(got) == "one" {
			taken.Add(1)
		}
	})
	require.EqualValues(t, 1, taken.Load())
	lacks(t, v, "a", "k")
}

func valuesPut(t *testing.T, s *ephemeral.Store) {
	v, ctx := s.Values, t.Context()
	var put atomic.Int32
	var winner atomic.Value
	atOnce(8, func(i int) {
		if done, err := v.PutIfAbsent(ctx, "a", "k", []byte(strconv.Itoa(i)), time.Hour); err == nil && done {
			put.Add(1)
			winner.Store(strconv.Itoa(i))
		}
	})
	require.EqualValues(t, 1, put.Load())
	holds(t, v, "a", "k", winner.Load().(string))
	done, err := v.PutIfAbsent(ctx, "a", "k", []byte("late"), 0)
	require.NoError(t, err)
	require.False(t, done)
}

// atOnce calls f in n goroutines and waits for them.
func atOnce(n int, f func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
	}
	all.Wait()
}
