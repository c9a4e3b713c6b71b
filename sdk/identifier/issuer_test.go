package identifier_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/identifier"
)

func TestSameIssuer_leaves_a_slash_at_the_end_aside(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://id.example", "https://id.example", true}, {"https://id.example/", "https://id.example", true},
		{"https://id.example/", "https://id.example/", true}, {"https://id.example/x/", "https://id.example/x", true}, {"meet", "meet/", true},
		{"https://id.example//", "https://id.example", false}, {"https://id.example", "https://id.example/x", false},
		{"https://id.example", "HTTPS://id.example", false}, {"", "", false}, {"", "/", false}, {"meet", "", false},
	} {
		require.Equal(t, c.want, identifier.SameIssuer(c.a, c.b), "%q %q", c.a, c.b)
		require.Equal(t, c.want, identifier.SameIssuer(c.b, c.a), "%q %q", c.b, c.a)
	}
}
