package recording

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/module"
)

// The replaced server counts milliseconds; people take them for seconds.
func TestWarnings_tell_of_a_limit_that_nobody_means(t *testing.T) {
	for legacy, want := range map[string]string{
		"3600":    "RECORDING_MAX_DURATION: modules.recording.max_duration: 3.6s: every recording is stopped that soon",
		"1":       "max_duration: 1ms: ",
		"59999":   "max_duration: 59.999s: ",
		"60000":   "",
		"3600000": "",
		"0":       "",
	} {
		require.Equal(t, want != "", warned(t, "RECORDING_MAX_DURATION="+legacy, want), legacy)
	}
	for text, want := range map[string]string{"3.6s": "max_duration: 3.6s: ", "59s": "max_duration: 59s: ", "1m": "", "0s": ""} {
		require.Equal(t, want != "", warned(t, "GATEWAY_MODULES__RECORDING__MAX_DURATION="+text, want), text)
	}
	m := New()
	m.Config().(*Config).MaxDuration = 30 * time.Second
	require.Len(t, m.(module.Warner).Warnings(), 1)
}

// warned reports whether a start warns about the limit in these words.
func warned(t *testing.T, variable, want string) (found bool) {
	t.Helper()
	_, warnings, err := config.Load(config.Source{
		Environ: []string{"RECORDING_ENABLE=true", variable}, Modules: func() []module.Module { return []module.Module{New()} },
	})
	require.NoError(t, err)
	for _, w := range warnings {
		if text := w.String(); strings.Contains(text, "max_duration") {
			require.Contains(t, text, want)
			require.Equal(t, strings.HasPrefix(variable, "RECORDING_MAX_DURATION="),
				strings.Contains(text, "RECORDING_MAX_DURATION counts milliseconds: an hour is 3600000"), text)
			found = true
		}
	}
	return found
}
