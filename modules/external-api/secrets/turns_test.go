package secrets_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/modules/external-api/secrets"
	"foyer/sdk/module"
)

// How long, and how often, the tests wait for things that take their own time.
const (
	waitLong  = 60 * time.Second
	waitShort = time.Millisecond
)

func at(ctx context.Context, address string) context.Context {
	return module.WithCaller(ctx, &module.Caller{Address: address})
}

// A flood of made-up client ids is not counted under any of them. It takes turns only
// with itself, and everybody else gets in between.
func TestCheck_lets_a_flood_from_one_place_keep_nobody_out(t *testing.T) {
	for name, flood := range map[string]func(i int) string{
		"an address": func(int) string { return "203.0.113.66" },
		"a network":  func(i int) string { return fmt.Sprintf("2001:db8:0:1::%x", i+1) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, plenty)
			const secret = "legacy-test-client-secret-000000000001"
			w.application("client", secret, 300_000)
			v := w.process()
			var over atomic.Int64
			var all sync.WaitGroup
			const many = 60
			for i := range many {
				all.Go(func() {
					_ = w.check(at(t.Context(), flood(i)), v, fmt.Sprint("made up ", i), "x")
					over.Add(1)
				})
			}
			require.Eventually(t, func() bool { return over.Load() > 0 }, waitLong, waitShort, "it is under way")
			before := over.Load()
			require.NoError(t, w.check(at(t.Context(), "192.0.2.7"), v, "client", secret))
			require.Less(t, over.Load()-before, int64(many/4), "it waited for a few, and not for all of them")
			all.Wait()
		})
	}
}

// Strangers at many addresses leave a place for callers that have proved a secret.
func TestCheck_keeps_a_place_for_those_who_proved_a_secret(t *testing.T) {
	w := newWorld(t, plenty)
	first, second := "legacy-test-client-secret-000000000001", "legacy-test-client-secret-000000000002"
	w.application("client", first, 300_000)
	w.application("sibling", second, 300_000)
	v := w.process()
	require.NoError(t, w.check(at(t.Context(), "192.0.2.7"), v, "client", first))
	var over atomic.Int64
	var all sync.WaitGroup
	const many = 60
	for i := range many {
		all.Go(func() {
			_ = w.check(at(t.Context(), fmt.Sprintf("203.0.113.%d", i+1)), v, fmt.Sprint("made up ", i), "x")
			over.Add(1)
		})
	}
	require.Eventually(t, func() bool { return over.Load() > 0 }, waitLong, waitShort)
	before := over.Load()
	require.NoError(t, w.check(at(t.Context(), "192.0.2.7"), v, "sibling", second))
	require.Less(t, over.Load()-before, int64(many/4))
	all.Wait()
}

func TestCheck_whose_turn_does_not_come_is_busy_and_leaves_no_trace(t *testing.T) {
	w := newWorld(t, plenty)
	const secret = "legacy-test-client-secret-000000000001"
	w.application("client", secret, 300_000)
	v := w.process()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 5 {
		require.Error(t, w.check(at(gone, "192.0.2.7"), v, "nobody", "x"))
	}
	require.NoError(t, w.check(at(t.Context(), "192.0.2.7"), v, "client", secret), "nothing is held")
	require.ErrorIs(t, w.check(at(t.Context(), "192.0.2.7"), v, "nobody", "x"), secrets.ErrWrong)
}
