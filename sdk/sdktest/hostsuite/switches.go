package hostsuite

import (
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func switchCases() []test {
	return []test{
		{"Flags are as they are set, and else off", flagsAsSet},
		{"Throttle counts by module, scope and key", throttleCounts},
	}
}

func flagsAsSet(p *probe) {
	p.place.SetFlag("probe_on", true)
	p.place.SetFlag("probe_off", false)
	for key, want := range map[module.Flag]bool{"probe_on": true, "probe_off": false, "unknown": false} {
		require.Equal(p.T, want, p.Flags().Enabled(p.Context(), key, p.ada.ID), key)
	}
}

func throttleCounts(p *probe) {
	allow := func(h module.Host, scope, key string) time.Duration {
		wait, err := h.Throttle().Allow(p.Context(), scope, key)
		require.NoError(p.T, err)
		return wait
	}
	for range 2 {
		require.Zero(p.T, allow(p, Scope, "a"))
	}
	for range 2 {
		wait := allow(p, Scope, "a")
		require.Positive(p.T, wait)
		require.LessOrEqual(p.T, wait, 30*time.Minute, "what was refused does not count")
	}
	require.Zero(p.T, allow(p, Scope, "b"))
	require.Zero(p.T, allow(p.place.Host("other"), Scope, "a"))
	for range 10 {
		require.Zero(p.T, allow(p, "free", "a"))
	}
}
