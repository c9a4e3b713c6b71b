package auth

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// counted fetches its own number, or fails.
type counted struct {
	calls atomic.Int64
	fail  atomic.Bool
}

var errAway = errors.New("away")

func (c *counted) fetch(context.Context) (int64, error) {
	n := c.calls.Add(1)
	time.Sleep(100 * time.Millisecond)
	if c.fail.Load() {
		return 0, errAway
	}
	return n, nil
}

func TestHeld_is_fetched_once_for_all_who_ask_and_again_when_it_is_old(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c counted
		h := &held[int64]{fetch: c.fetch}
		ask := func(age time.Duration) int64 {
			v, err := h.get(t.Context(), age)
			require.NoError(t, err)
			return v
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { require.Equal(t, int64(1), ask(time.Minute)) })
		}
		all.Wait()
		require.Equal(t, int64(1), ask(10*time.Second))
		time.Sleep(10 * time.Second)
		require.Equal(t, int64(1), ask(time.Minute))
		require.Equal(t, int64(2), ask(10*time.Second))
		require.Equal(t, int64(2), ask(10*time.Second))
	})
}

func TestHeld_keeps_what_it_has_and_rests_when_a_fetch_fails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c counted
		h := &held[int64]{fetch: c.fetch}
		c.fail.Store(true)
		for range 10 {
			_, err := h.get(t.Context(), time.Minute)
			require.ErrorIs(t, err, errAway)
		}
		require.Equal(t, int64(1), c.calls.Load())
		time.Sleep(failureRest)
		c.fail.Store(false)
		v, err := h.get(t.Context(), time.Minute)
		require.NoError(t, err)
		require.Equal(t, int64(2), v)
		time.Sleep(time.Minute)
		c.fail.Store(true)
		v, err = h.get(t.Context(), time.Minute)
		require.ErrorIs(t, err, errAway)
		require.Equal(t, int64(2), v, "the last good one")
	})
}

func TestHeld_is_fetched_to_its_end_when_who_asked_first_leaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c counted
		h := &held[int64]{fetch: c.fetch}
		ctx, leave := context.WithCancel(t.Context())
		leave()
		_, err := h.get(ctx, time.Minute)
		require.ErrorIs(t, err, context.Canceled)
		v, err := h.get(t.Context(), time.Minute)
		require.NoError(t, err)
		require.Equal(t, int64(1), v)
	})
}
