package rooms

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Only browsers open a room's address.
func TestValidate_takes_a_frontend_that_keeps_its_path_in_the_fragment(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"https://meet.example.org":         "",
		"https://meet.example.org/#":       "",
		"https://meet.example.org/#/rooms": "",
		"https://meet.example.org/?a=b":    "leave out the query",
		"meet.example.org":                 "is not a URL",
	} {
		err := (&Config{BaseURL: text}).Validate()
		if want == "" {
			require.NoError(t, err, text)
			continue
		}
		require.ErrorContains(t, err, "base_url: ", text)
		require.ErrorContains(t, err, want, text)
	}
}
