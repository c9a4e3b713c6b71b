package ephemeraltest

import (
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/ephemeral"
)

func queueLimit(t *testing.T, s *ephemeral.Store) {
	q, ctx := s.Queues, t.Context()
	try := func(key string, ttl time.Duration) error {
		_, _, err := q.Join(ctx, "room", key, nil, ttl, 2)
		return err
	}
	require.NoError(t, try("a", time.Hour))
	require.NoError(t, try("b", time.Hour))
	require.ErrorIs(t, try("c", time.Hour), ephemeral.ErrFull)
	require.NoError(t, try("a", time.Hour), "who waits already may go on")
	_, _, err := q.Join(ctx, "elsewhere", "c", nil, time.Hour, 2)
	require.NoError(t, err)
	_, err = q.Settle(ctx, "room", "a", "in", time.Hour)
	require.NoError(t, err)
	require.NoError(t, try("c", 20*time.Millisecond), "who is settled does not count")
	require.Eventually(t, func() bool { return try("d", time.Hour) == nil }, waitLong, waitShort, "who has left does not either")
	require.Equal(t, []string{"b", "d"}, waiting(t, q, "room"))
	require.ErrorIs(t, try("e", time.Hour), ephemeral.ErrFull)
}

func queueRemoval(t *testing.T, s *ephemeral.Store) {
	q, ctx := s.Queues, t.Context()
	never, whenever := time.Unix(0, 0), time.Time{}
	for _, key := range []string{"a", "b", "c"} {
		join(t, q, "room", key, time.Hour)
		join(t, q, "other", key, time.Hour)
	}
	_, err := q.Settle(ctx, "room", "a", "in", time.Hour)
	require.NoError(t, err)
	require.NoError(t, q.Remove(ctx, "room", "a", never))
	require.NoError(t, q.Clear(ctx, "room", never))
	require.Equal(t, []string{"a", "b", "c"}, everybody(t, q, "room"), "nobody got there before")
	for _, key := range []string{"a", "b", "nobody"} {
		require.NoError(t, q.Remove(ctx, "room", key, whenever))
	}
	require.Equal(t, []string{"c"}, everybody(t, q, "room"))
	_, joined := join(t, q, "room", "b", time.Hour)
	require.True(t, joined)
	b, err := q.Settle(ctx, "room", "b", "in", time.Hour)
	require.NoError(t, err)
	require.NoError(t, q.Clear(ctx, "room", b.Since.Add(time.Millisecond)))
	require.NoError(t, q.Clear(ctx, "nobody's", whenever))
	require.Empty(t, everybody(t, q, "room"))
	require.Equal(t, []string{"a", "b", "c"}, waiting(t, q, "other"))
}

// queueAtOnce: one of those who join at once under one key is the first, and a
// decision is not undone by one who asks at the same time.
func queueAtOnce(t *testing.T, s *ephemeral.Store) {
	q, ctx := s.Queues, t.Context()
	for round := range 20 {
		key := strconv.Itoa(round)
		var first, settled atomic.Int32
		atOnce(6, func(i int) {
			if i > 3 {
				if _, err := q.Settle(ctx, "room", key, "in", time.Hour); err == nil {
					settled.Add(1)
				}
				return
			}
			if _, joined, err := q.Join(ctx, "room", key, nil, time.Hour, noLimit); err == nil && joined {
				first.Add(1)
			}
		})
		require.EqualValues(t, 1, first.Load())
		e, err := q.Find(ctx, "room", key)
		require.NoError(t, err)
		require.Equal(t, settled.Load() > 0, e.State == "in")
	}
	require.Len(t, everybody(t, q, "room"), 20)
}

// queuesApart: names are not mistaken for one another.
func queuesApart(t *testing.T, s *ephemeral.Store) {
	names := []string{"", ":", "a", "a:b", "a}b", "{a}", "a\x00", "é"}
	for _, name := range names {
		join(t, s.Queues, name, name, time.Hour)
	}
	for _, name := range names {
		require.Equal(t, []string{name}, everybody(t, s.Queues, name))
	}
}
