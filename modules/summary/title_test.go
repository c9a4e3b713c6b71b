package summary

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTitle_is_in_the_language_and_zone_of_the_owner(t *testing.T) {
	start := time.Date(2026, 5, 4, 22, 30, 0, 0, time.UTC)
	for _, c := range []struct{ language, zone, want string }{
		{"en-us", "UTC", `Meeting "Weekly" on 2026-05-04 at 22:30`},
		{"fr-fr", "Europe/Paris", `Réunion "Weekly" du 2026-05-05 à 00:30`},
		{"nl-nl", "Europe/Amsterdam", `Vergadering "Weekly" op 2026-05-05 om 00:30`},
		{"de-de", "America/Phoenix", `Besprechung "Weekly" am 2026-05-04 um 15:30`},
		{"xx-xx", "Nowhere/City", `Meeting "Weekly" on 2026-05-04 at 22:30`},
	} {
		require.Equal(t, c.want, title(nil, c.language, "Weekly", c.zone, start), c.language)
	}
}

func TestTitle_without_a_start_is_plain(t *testing.T) {
	for language, want := range map[string]string{
		"en-us": "Transcription", "fr-fr": "Transcription", "nl-nl": "Transcriptie", "de-de": "Transkription", "xx-xx": "Transcription",
	} {
		require.Equal(t, want, title(nil, language, "Weekly", "UTC", time.Time{}), language)
	}
}

func TestTitle_can_be_the_operators(t *testing.T) {
	own := map[string]string{"en-us": "Notes of {room}, {date} {time}", "de-de": "Protokoll {room}"}
	start := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	require.Equal(t, "Notes of {date}, 2026-05-04 08:00", title(own, "en-us", "{date}", "UTC", start), "what a room is called is not a placeholder")
	require.Equal(t, "Transcription", title(own, "en-us", "Weekly", "UTC", time.Time{}))
	require.Equal(t, "Protokoll Weekly", title(own, "de-de", "Weekly", "UTC", time.Time{}))
}

func TestCheckTitle_finds_placeholders_that_do_not_exist(t *testing.T) {
	require.NoError(t, checkTitle("{room} {date} {time}, plain"))
	require.ErrorContains(t, checkTitle("{Room}"), "{Room}")
}
