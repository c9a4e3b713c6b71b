package secrets_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/modules/external-api/secrets"
)

// The test compares lower quartiles of many alternating refusals. A refusal that skipped
// the hash, or did the work of a cheap application, would be hundreds of times faster; a
// loaded machine slows all of them, though not equally.
func TestRefusals_take_the_same_time_whatever_is_wrong(t *testing.T) {
	w := newWorld(t, plenty)
	const rounds = 30_000
	w.application("costly", strong(t), rounds)
	w.application("cheap", strong(t), 1_000)
	several := w.application("several", strong(t), 1_000)
	for range 3 {
		_, err := w.store.RotateSecret(t.Context(), several.ID, store.ApplicationSecret{Hash: w.hash(strong(t), 1_000)}, time.Now().Add(time.Hour))
		require.NoError(t, err)
	}
	v := w.process()
	ids := []string{"nobody", "costly", "cheap", "several"}
	took := map[string][]time.Duration{}
	const samples = 60
	for i := range samples {
		for _, id := range ids {
			start := time.Now()
			require.ErrorIs(t, w.check(t.Context(), v, id, fmt.Sprint("guess ", i)), secrets.ErrWrong)
			took[id] = append(took[id], time.Since(start))
		}
	}
	quartile := map[string]time.Duration{}
	for id, list := range took {
		slices.Sort(list)
		quartile[id] = list[samples/4]
	}
	for _, id := range ids[1:] {
		ratio := quartile[id].Seconds() / quartile["nobody"].Seconds()
		require.InDelta(t, 1, ratio, 0.6, "%s: %s, nobody: %s", id, quartile[id], quartile["nobody"])
	}
}
