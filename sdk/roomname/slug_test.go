package roomname_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/body"
	"foyer/sdk/roomname"
)

func TestSlug_gives_the_pinned_slugs(t *testing.T) {
	for name, want := range map[string]string{
		"Réunion A":          "reunion-a",
		"É té_X--y":          "e-te_x-y",
		"straße":             "strae",
		"a/b":                "ab",
		"Réunion":            "reunion",
		"  weekly \t call  ": "weekly-call",
		"-_-a-_-":            "a",
		"a - - b":            "a-b",
		"ﬁn Ⅳ ①":             "fin-iv-1",
		"a\u00a0b":           "a-b", // a hard space becomes a space
		"a\u0085b":           "ab",
		"a\x1cb":             "a-b",
		"会議室":                "",
		"!!!":                "",
		"":                   "",
		"\xff\xfe":           "",
		"A\x7fB":             "ab",
	} {
		require.Equal(t, want, roomname.Slug(name), "%q", name)
	}
}

func FuzzSlug(f *testing.F) {
	for _, s := range []string{"Réunion A", "É té_X--y", "-_", "İ", "\xff", "0b6d1f0e-0000-4000-8000-00000000000a", "!0b6d1f0e00004000800000000000000a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		slug := roomname.Slug(name)
		require.Equal(t, slug, roomname.Slug(slug), "slug of a slug")
		require.Empty(t, strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789_-"))
		require.Equal(t, slug, strings.Trim(slug, "-_"))
		require.NotContains(t, slug, "--")
		if _, isID := body.ParseUUID(slug); isID {
			require.True(t, roomname.ReadsAsID(slug), "a room could have %q, which reads as another room's id", slug)
		}
	})
}

func TestReadsAsID_finds_what_would_be_read_as_an_id(t *testing.T) {
	for name, want := range map[string]bool{
		"0b6d1f0e-0000-4000-8000-00000000000a":  true,
		"0B6D1F0E-0000-4000-8000-00000000000A":  true,
		"0b6d1f0e00004000800000000000000a":      true,
		"{0b6d1f0e-0000-4000-8000-00000000000a": true,
		"0b6d 1f0e 0000 4000 8000 00000000000a": true,
		"0b6d1f0e_000_4000_8000_00000000a":      true, // single underscores, as Python reads numbers
		"0b6d1f0e__00_4000_8000_00000000a":      false,
		"0b6d1f0e00004000800000000000000":       false,
		"0b6d1f0e00004000800000000000000g":      false,
		"weekly-call":                           false,
		"":                                      false,
	} {
		require.Equal(t, want, roomname.ReadsAsID(roomname.Slug(name)), name)
	}
}
