package invitations_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/letter"
	"foyer/sdk/module"
)

func TestWords_are_whole_in_every_language(t *testing.T) {
	k, err := letter.Parse(os.DirFS("."), "words")
	require.NoError(t, err)
	require.Equal(t, []string{"de", "en", "fr", "nl"}, k.Languages())
	brand := module.Brand{Name: "Foyer", SupportEmail: "help@example.org"}
	link := letter.Link{URL: "https://meet.example.org/a-room", Shown: "meet.example.org/a-room"}
	texts := map[string]bool{}
	for _, language := range k.Languages() {
		for _, sender := range []string{"ada@example.org", ""} {
			l, err := k.Write(language, brand, link, map[string]string{"Sender": sender})
			require.NoError(t, err)
			for _, body := range []string{l.Text, l.HTML} {
				require.Contains(t, body, link.URL)
				require.Contains(t, body, "Firefox")
				require.Contains(t, body, "help@example.org")
				require.NotContains(t, body, "<no value>")
				if sender != "" {
					require.Contains(t, body, sender)
				}
			}
			texts[l.Text] = true
		}
	}
	require.Len(t, texts, 8, "each in its own words")
}
