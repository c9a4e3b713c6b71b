package ephemeraltest

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/ephemeral"
)

func allow(t *testing.T, s *ephemeral.Store, scope, key string) time.Duration {
	t.Helper()
	wait, err := s.Throttle.Allow(t.Context(), scope, key)
	require.NoError(t, err)
	return wait
}

func throttle(t *testing.T, s *ephemeral.Store) {
	for range 3 {
		require.Zero(t, allow(t, s, "slow", "k"))
	}
	first := allow(t, s, "slow", "k")
	require.Positive(t, first)
	require.LessOrEqual(t, first, 8*time.Hour, "one call every period/count")
	require.LessOrEqual(t, allow(t, s, "slow", "k"), first, "a refused request does not count")
	require.Zero(t, allow(t, s, "slow", "other"), "each key counts by itself")
	require.Zero(t, allow(t, s, "slow", ""))
	require.Zero(t, allow(t, s, "slow", strings.Repeat("long\x00", 10_000)))
	require.Zero(t, allow(t, s, "slower", "k"), "each scope counts by itself")
	require.Greater(t, allow(t, s, "slower", "k"), 8*time.Hour)
	for range 100 {
		require.Zero(t, allow(t, s, "free", "k"))
	}
	for allow(t, s, "quick", "k") == 0 { // until it is refused
		continue
	}
	require.Eventually(t, func() bool { return allow(t, s, "quick", "k") == 0 }, waitLong, waitShort)
}

func throttleAtOnce(t *testing.T, s *ephemeral.Store) {
	var accepted atomic.Int32
	atOnce(8, func(int) {
		for range 20 {
			if wait, err := s.Throttle.Allow(t.Context(), "many", "k"); err == nil && wait == 0 {
				accepted.Add(1)
			}
		}
	})
	require.EqualValues(t, 50, accepted.Load())
}
