package ephemeral_test

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/ephemeral"
)

// clock is set by the test.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

// inMemory runs a test on the throttle of a single process, whose clock the test sets;
// the suite runs on both forms.
func inMemory(t *testing.T, rates map[string]config.Rate, test func(t *testing.T, l ephemeral.Throttle, c *clock)) {
	c := &clock{}
	c.advance(time.Hour)
	test(t, ephemeral.NewThrottle(rates, c.now), c)
}

func ask(t *testing.T, l ephemeral.Throttle, scope, key string) time.Duration {
	t.Helper()
	wait, err := l.Allow(context.Background(), scope, key)
	require.NoError(t, err)
	return wait
}

func rates(t *testing.T, texts map[string]string) map[string]config.Rate {
	t.Helper()
	all := map[string]config.Rate{}
	for scope, text := range texts {
		r, err := config.ParseRate(text)
		require.NoError(t, err)
		all[scope] = r
	}
	return all
}

func TestThrottle_lets_the_count_through_at_once_and_refuses_the_next(t *testing.T) {
	inMemory(t, rates(t, map[string]string{"a": "3/minute"}), func(t *testing.T, l ephemeral.Throttle, c *clock) {
		for range 3 {
			require.Zero(t, ask(t, l, "a", "k"))
		}
		require.Equal(t, 20*time.Second, ask(t, l, "a", "k"))
		c.advance(5 * time.Second)
		require.Equal(t, 15*time.Second, ask(t, l, "a", "k"), "a refused request does not count")
		c.advance(15 * time.Second)
		require.Zero(t, ask(t, l, "a", "k"))
		require.Equal(t, 20*time.Second, ask(t, l, "a", "k"))
		c.advance(time.Minute)
		for range 3 {
			require.Zero(t, ask(t, l, "a", "k"))
		}
		require.Positive(t, ask(t, l, "a", "k"))
	})
}

func TestThrottle_counts_each_key_and_scope_by_itself(t *testing.T) {
	inMemory(t, rates(t, map[string]string{"a": "1/s", "b": "1/h"}), func(t *testing.T, l ephemeral.Throttle, _ *clock) {
		require.Zero(t, ask(t, l, "a", "k"))
		require.Zero(t, ask(t, l, "a", "other"))
		require.Zero(t, ask(t, l, "b", "k"))
		require.Equal(t, time.Second, ask(t, l, "a", "k"))
		require.Equal(t, time.Hour, ask(t, l, "b", "k"))
	})
}

func TestThrottle_leaves_scopes_without_a_rate_free(t *testing.T) {
	inMemory(t, rates(t, map[string]string{"a": "1/day"}), func(t *testing.T, l ephemeral.Throttle, _ *clock) {
		for range 100 {
			require.Zero(t, ask(t, l, "free", "k"))
		}
	})
}

func TestThrottle_never_admits_more_than_the_rate_in_any_period_after_the_first_burst(t *testing.T) {
	inMemory(t, rates(t, map[string]string{"a": "7/minute"}), func(t *testing.T, l ephemeral.Throttle, c *clock) {
		accepted := 0
		for range 600 { // ten minutes, one request a second
			if ask(t, l, "a", "k") == 0 {
				accepted++
			}
			c.advance(time.Second)
		}
		require.LessOrEqual(t, accepted, 7*10+7)
		require.GreaterOrEqual(t, accepted, 7*10)
	})
}

func TestThrottle_counts_concurrent_requests_exactly(t *testing.T) {
	inMemory(t, rates(t, map[string]string{"a": "50/minute"}), func(t *testing.T, l ephemeral.Throttle, _ *clock) {
		var accepted atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 100 {
					if wait, err := l.Allow(context.Background(), "a", "k"); err == nil && wait == 0 {
						accepted.Add(1)
					}
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 50, accepted.Load())
	})
}

func TestThrottle_in_memory_forgets_keys_and_bounds_them(t *testing.T) {
	c := &clock{}
	l := ephemeral.NewThrottle(rates(t, map[string]string{"a": "2/minute"}), c.now)
	for i := range 5 << 18 {
		ask(t, l, "a", strconv.Itoa(i))
	}
	require.LessOrEqual(t, l.Keys(), 1<<20)
	c.advance(time.Minute)
	ask(t, l, "a", "x")
	c.advance(time.Minute)
	for i := range 1000 {
		ask(t, l, "a", strconv.Itoa(i))
	}
	require.LessOrEqual(t, l.Keys(), 1001)
}

func BenchmarkThrottle(b *testing.B) {
	l := ephemeral.NewThrottle(map[string]config.Rate{"a": {Count: 1 << 30, Period: time.Minute}}, time.Now)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = l.Allow(context.Background(), "a", "user:0b6d1f0e-0000-4000-8000-000000000001")
	}
}
