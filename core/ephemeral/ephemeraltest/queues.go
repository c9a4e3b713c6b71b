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
		_, _, err := q.Join(ctx, "room", ephemeral.Entry{Key: key}, ttl, ephemeral.Limits{All: 2})
		return err
	}
	require.NoError(t, try("a", time.Hour))
	require.NoError(t, try("b", time.Hour))
	require.ErrorIs(t, try("c", time.Hour), ephemeral.ErrFull)
	require.NoError(t, try("a", time.Hour), "who waits already may go on")
	_, _, err := q.Join(ctx, "elsewhere", ephemeral.Entry{Key: "c"}, time.Hour, ephemeral.Limits{All: 2})
	require.NoError(t, err)
	_, err = q.Settle(ctx, "room", "a", "in", time.Hour)
	require.NoError(t, err)
	require.NoError(t, try("c", 20*time.Millisecond), "who is settled does not count")
	require.Eventually(t, func() bool { return try("d", time.Hour) == nil }, waitLong, waitShort, "who has left does not either")
	require.Equal(t, []string{"b", "d"}, waiting(t, q, "room"))
	require.ErrorIs(t, try("e", time.Hour), ephemeral.ErrFull)
}

// queueGroups: no more of one group wait than may, and if not all can be returned
// the groups take turns.
func queueGroups(t *testing.T, s *ephemeral.Store) {
	q, ctx := s.Queues, t.Context()
	begin := time.UnixMilli(time.Now().UnixMilli()).Add(-time.Minute)
	try := func(key, group string, age int, ttl time.Duration) error {
		who := ephemeral.Entry{Key: key, Group: group, Since: begin.Add(time.Duration(age) * time.Millisecond)}
		e, _, err := q.Join(ctx, "room", who, ttl, ephemeral.Limits{All: 8, Group: 3})
		require.Empty(t, e.Group)
		return err
	}
	first := func(limit int) []string {
		list, err := q.Waiting(ctx, "room", limit)
		require.NoError(t, err)
		names := []string{}
		for _, e := range list {
			require.Empty(t, e.Group)
			names = append(names, e.Key)
		}
		return names
	}
	for i, key := range []string{"crowd1", "crowd2", "crowd3"} {
		require.NoError(t, try(key, "crowd", i, time.Hour))
	}
	require.ErrorIs(t, try("crowd4", "crowd", 4, time.Hour), ephemeral.ErrFull)
	require.NoError(t, try("crowd1", "crowd", 0, time.Hour), "who waits already may go on")
	require.NoError(t, try("crowd2", "other:\x00", 0, time.Hour), "and is of the group it came with")
	require.NoError(t, try("honest", "2001:db8::/64", 10, time.Hour))
	require.NoError(t, try("nobody's", "", 11, time.Hour))
	require.Equal(t, []string{"crowd1", "crowd2", "crowd3", "honest", "nobody's"}, first(5))
	require.Equal(t, []string{"crowd1", "crowd2", "honest", "nobody's"}, first(4))
	require.Equal(t, []string{"crowd1", "honest"}, first(2))
	require.Empty(t, first(0))

	_, err := q.Settle(ctx, "room", "crowd1", "in", time.Hour)
	require.NoError(t, err)
	require.NoError(t, try("crowd4", "crowd", 4, time.Hour), "who is settled does not count")
	require.ErrorIs(t, try("crowd5", "crowd", 5, time.Hour), ephemeral.ErrFull)
	require.NoError(t, q.Remove(ctx, "room", "crowd2"))
	require.NoError(t, try("crowd5", "crowd", 5, 20*time.Millisecond), "nor who is gone")
	require.Eventually(t, func() bool { return try("crowd6", "crowd", 6, time.Hour) == nil }, waitLong, waitShort, "nor whose time is over")
	require.ErrorIs(t, try("crowd7", "crowd", 7, time.Hour), ephemeral.ErrFull)
	require.NoError(t, q.Clear(ctx, "room", time.Time{}))
	for _, key := range []string{"a", "b", "c"} {
		require.NoError(t, try(key, "crowd", 0, time.Hour))
	}
	for _, key := range []string{"d", "e", "f", "g", "h"} {
		require.NoError(t, try(key, key, 0, time.Hour))
	}
	require.ErrorIs(t, try("i", "i", 0, time.Hour), ephemeral.ErrFull, "all together are no more than may wait")
}

// queueOrder: those who wait are returned in the order in which they came, or say
// that they came, and as many as are asked for.
func queueOrder(t *testing.T, s *ephemeral.Store) {
	q, ctx := s.Queues, t.Context()
	now := time.UnixMilli(time.Now().UnixMilli())
	for key, since := range map[string]time.Time{
		"third": now.Add(-time.Minute), "first": now.Add(-time.Hour), "second": now.Add(-2 * time.Minute), "fourth": now.Add(-time.Minute).Add(time.Millisecond),
		"now": {}, "later": now.Add(time.Hour),
	} {
		e, joined, err := q.Join(ctx, "room", ephemeral.Entry{Key: key, Since: since}, time.Hour, free)
		require.NoError(t, err)
		require.True(t, joined)
		if key == "now" || key == "later" { // nobody came in the future
			require.WithinDuration(t, time.Now(), e.Since, time.Minute)
			require.False(t, e.Since.After(time.Now().Add(time.Minute)))
			continue
		}
		require.True(t, since.Equal(e.Since))
	}
	for limit, want := range map[int][]string{0: {}, 1: {"first"}, 4: {"first", "second", "third", "fourth"}} {
		list, err := q.Waiting(ctx, "room", limit)
		require.NoError(t, err)
		got := []string{}
		for _, e := range list {
			got = append(got, e.Key)
		}
		require.Equal(t, want, got)
	}
	require.Len(t, waiting(t, q, "room"), 6)
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
	require.NoError(t, q.Clear(ctx, "room", never))
	require.Equal(t, []string{"a", "b", "c"}, everybody(t, q, "room"), "nobody got there before")
	for _, key := range []string{"a", "b", "nobody"} {
		require.NoError(t, q.Remove(ctx, "room", key))
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

// queueAtOnce: of several who join at once under one key exactly one is first,
// and a decision is not undone by somebody asking at the same time.
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
			if _, joined, err := q.Join(ctx, "room", ephemeral.Entry{Key: key}, time.Hour, free); err == nil && joined {
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

// queuesApart: names are not confused with one another.
func queuesApart(t *testing.T, s *ephemeral.Store) {
	names := []string{"", ":", "a", "a:b", "a}b", "{a}", "a\x00", "é"}
	for _, name := range names {
		join(t, s.Queues, name, name, time.Hour)
	}
	for _, name := range names {
		require.Equal(t, []string{name}, everybody(t, s.Queues, name))
	}
}
