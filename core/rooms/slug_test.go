package rooms_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/rooms"
)

func TestSlugify_follows_the_contract(t *testing.T) {
	for name, slug := range map[string]string{
		"Réunion A": "reunion-a", "É té_X--y": "e-te_x-y", "straße": "strae", "a/b": "ab", "my room": "my-room", "My Room!": "my-room",
		"": "", "!!!": "", "日本": "", "--_a_--": "a", "a - b": "a-b", "a\t\n b": "a-b", "a\u00a0b": "a-b", "ﬁn": "fin", "x²": "x2",
		"a\u2014b": "ab", "İstanbul": "istanbul", "Ⅷ": "viii", "a_-": "a", "-a": "a", "½": "12", "a\x1cb": "a-b", "a\x7fb": "ab", "a\xffb": "ab",
	} {
		require.Equal(t, slug, rooms.Slugify(name), "%q", name)
	}
}

func FuzzSlugify(f *testing.F) {
	for _, s := range []string{"Réunion", "a--b", "\xff", "ﷺ", "_-_"} {
		f.Add(s)
	}
	form := regexp.MustCompile(`^[a-z0-9_-]*$`)
	f.Fuzz(func(t *testing.T, name string) {
		s := rooms.Slugify(name)
		require.Regexp(t, form, s)
		require.Equal(t, s, strings.Trim(s, "-_"))
		require.NotContains(t, s, "--")
		require.Equal(t, s, rooms.Slugify(s), "a slug finds its own room")
	})
}
