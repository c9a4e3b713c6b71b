package ephemeraltest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/ephemeral"
)

const noLimit = 1 << 20

// free are limits that are never reached.
var free = ephemeral.Limits{All: noLimit}

// join makes key wait, with its own name as the value.
func join(t *testing.T, q ephemeral.Queues, name, key string, ttl time.Duration) (e ephemeral.Entry, joined bool) {
	t.Helper()
	e, joined, err := q.Join(t.Context(), name, ephemeral.Entry{Key: key, Value: []byte(key)}, ttl, free)
	require.NoError(t, err)
	require.Equal(t, key, e.Key)
	return e, joined
}

// keys returns the keys of a list, sorted.
func keys(t *testing.T, list []ephemeral.Entry, err error) []string {
	t.Helper()
	require.NoError(t, err)
	all := []string{}
	for _, e := range list {
		all = append(all, e.Key)
	}
	slices.Sort(all)
	return all
}

func waiting(t *testing.T, q ephemeral.Queues, name string) []string {
	t.Helper()
	list, err := q.Waiting(t.Context(), name, noLimit)
	return keys(t, list, err)
}

func everybody(t *testing.T, q ephemeral.Queues, name string) []string {
	t.Helper()
	list, err := q.All(t.Context(), name)
	return keys(t, list, err)
}

// ended waits until the entry has expired.
func ended(t *testing.T, q ephemeral.Queues, name, key string) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := q.Find(t.Context(), name, key)
		return errors.Is(err, ephemeral.ErrNotFound)
	}, waitLong, waitShort)
}

func queue(t *testing.T, s *ephemeral.Store) {
	q, ctx := s.Queues, t.Context()
	_, err := q.Find(ctx, "room", "ada")
	require.ErrorIs(t, err, ephemeral.ErrNotFound)
	_, err = q.Settle(ctx, "room", "ada", "in", time.Hour)
	require.ErrorIs(t, err, ephemeral.ErrNotFound)
	require.Empty(t, waiting(t, q, "room"))

	value := []byte("a:\x00\xff:z")
	first, joined, err := q.Join(ctx, "room", ephemeral.Entry{Key: "ada", Value: value}, time.Hour, free)
	require.NoError(t, err)
	require.True(t, joined)
	require.WithinDuration(t, time.Now(), first.Since, time.Hour)
	require.Equal(t, ephemeral.Entry{Key: "ada", State: ephemeral.Waiting, Since: first.Since, Value: value}, first)

	again, joined, err := q.Join(ctx, "room", ephemeral.Entry{Key: "ada", Value: []byte("another"), Since: first.Since.Add(-time.Hour)}, time.Hour, free)
	require.NoError(t, err)
	require.False(t, joined)
	require.Equal(t, first, again, "who waits keeps what it has")
	found, err := q.Find(ctx, "room", "ada")
	require.NoError(t, err)
	require.Equal(t, first, found)
	list, err := q.Waiting(ctx, "room", noLimit)
	require.NoError(t, err)
	require.Equal(t, []ephemeral.Entry{first}, list)
	clear(found.Value)

	settled, err := q.Settle(ctx, "room", "ada", "in", time.Hour)
	require.NoError(t, err)
	require.False(t, settled.Since.Before(first.Since))
	require.Equal(t, ephemeral.Entry{Key: "ada", State: "in", Since: settled.Since, Value: value}, settled)
	again, joined = join(t, q, "room", "ada", time.Hour)
	require.False(t, joined)
	require.Equal(t, settled, again, "what is settled stays so")
	require.Empty(t, waiting(t, q, "room"))
	require.Equal(t, []string{"ada"}, everybody(t, q, "room"))

	otherwise, err := q.Settle(ctx, "room", "ada", "out", time.Hour)
	require.NoError(t, err)
	require.Equal(t, "out", otherwise.State)
	require.Equal(t, value, otherwise.Value)
}

func queueEnds(t *testing.T, s *ephemeral.Store) {
	q, ctx := s.Queues, t.Context()
	const short = 20 * time.Millisecond
	join(t, q, "room", "prolonged", 2*time.Second)
	join(t, q, "room", "prolonged", time.Hour)
	join(t, q, "room", "shortened", time.Hour)
	join(t, q, "room", "shortened", short)
	join(t, q, "room", "in", 10*time.Second)
	_, err := q.Settle(ctx, "room", "in", "in", time.Hour)
	require.NoError(t, err)
	join(t, q, "room", "in", short)
	join(t, q, "room", "denied", 10*time.Second)
	_, err = q.Settle(ctx, "room", "denied", "denied", short)
	require.NoError(t, err)
	join(t, q, "room", "last", 3*time.Second)
	for _, key := range []string{"shortened", "denied", "last"} {
		ended(t, q, "room", key)
		_, err = q.Settle(ctx, "room", key, "in", time.Hour)
		require.ErrorIs(t, err, ephemeral.ErrNotFound)
	}
	require.Equal(t, []string{"prolonged"}, waiting(t, q, "room"))
	require.Equal(t, []string{"in", "prolonged"}, everybody(t, q, "room"))
	_, joined := join(t, q, "room", "denied", time.Hour)
	require.True(t, joined, "it may wait anew")
	join(t, q, "room", "never", 0)
	_, err = q.Find(ctx, "room", "never")
	require.ErrorIs(t, err, ephemeral.ErrNotFound)
}
