package recording

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func TestChat_lines_are_whole_in_every_language(t *testing.T) {
	seen := map[string]bool{}
	for language := range chats() {
		x := chatIn(language)
		for _, mode := range []string{module.ScreenRecording, module.Transcript} {
			limit, failed := x.limit(mode, 5*time.Minute), x.failed(mode)
			require.Contains(t, limit, " 5 min")
			require.NotContains(t, limit+failed, "%", language)
			require.NotEmpty(t, failed)
			seen[limit], seen[failed] = true, true
		}
	}
	require.Len(t, seen, 4*2*2, "each in its own words")
}

func TestChat_takes_the_language_that_fits(t *testing.T) {
	for language, want := range map[string]string{
		"fr-fr": "L'enregistrement a échoué.", "FR": "L'enregistrement a échoué.", "de-de": "Die Aufzeichnung ist fehlgeschlagen.",
		"nl-nl": "De opname is mislukt.", "en-us": "The recording has failed.", "ja": "The recording has failed.", "": "The recording has failed.",
	} {
		require.Equal(t, want, chatIn(language).failed(module.ScreenRecording), language)
	}
}

func TestChat_says_how_long_in_round_numbers(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Millisecond: "1 s", 59500 * time.Millisecond: "60 s", 119 * time.Second: "119 s", 2 * time.Minute: "2 min",
		299 * time.Second: "5 min", time.Hour: "60 min",
	} {
		require.Equal(t, want, roundly(d))
	}
}
