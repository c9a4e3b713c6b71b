package ephemeral_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/ephemeral"
)

// What nobody asks for again is removed as well, as others come later.
func TestMemory_lets_go_of_what_has_ended(t *testing.T) {
	c := &clock{}
	q, v := ephemeral.NewQueues(c.now), ephemeral.NewValues(c.now)
	for i := range 20_000 {
		_, _, err := q.Join(t.Context(), strconv.Itoa(i/10), ephemeral.Entry{Key: strconv.Itoa(i)}, 3*time.Second, ephemeral.Limits{All: 10})
		require.NoError(t, err)
		require.NoError(t, v.Put(t.Context(), "a", strconv.Itoa(i), nil, 3*time.Second))
	}
	entries, queues := q.Entries()
	require.Equal(t, []int{20_000, 2000, 20_000}, []int{entries, queues, v.Values()})
	c.advance(time.Minute)
	for i := range 1000 { // some of them in every shard
		_, err := q.Waiting(t.Context(), "later "+strconv.Itoa(i), 10)
		require.NoError(t, err)
	}
	require.NoError(t, v.Put(t.Context(), "a", "later", nil, time.Second))
	entries, queues = q.Entries()
	require.Equal(t, []int{0, 0, 1}, []int{entries, queues, v.Values()})
}

// An attacker who fills a queue makes it neither long nor slow.
func TestMemory_holds_no_more_than_may_wait(t *testing.T) {
	c := &clock{}
	q := ephemeral.NewQueues(c.now)
	for i := range 100_000 {
		if i%500 == 0 {
			c.advance(time.Second)
		}
		_, _, err := q.Join(t.Context(), "room", ephemeral.Entry{Key: strconv.Itoa(i)}, 3*time.Second, ephemeral.Limits{All: 1000})
		if err != nil {
			require.ErrorIs(t, err, ephemeral.ErrFull)
		}
		entries, _ := q.Entries()
		require.LessOrEqual(t, entries, 1000)
	}
	c.advance(3 * time.Second)
	_, joined, err := q.Join(t.Context(), "room", ephemeral.Entry{Key: "honest"}, 3*time.Second, ephemeral.Limits{All: 1000})
	require.NoError(t, err)
	require.True(t, joined)
}
