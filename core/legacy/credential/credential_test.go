package credential_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/legacy/credential"
)

// Rows from a database of the replaced server, with their plain text.
var adopted = map[string]string{
	"pbkdf2_sha256$1000000$Q7mT2vK9xLr4WbN8sYc3Hd$DRL6m18+uLlLwhkYn0RooywFa1O82U7Lof1mwErTCQE=": "legacy-test-client-secret-000000000001",
	"pbkdf2_sha256$870000$a8Gk5PzE1uJr6XtM0wVn2C$6ErPp/YTZzyVUNLheAVcIe9QQP051R81yc9gUuJnmpw=":  "legacy-test-client-secret-000000000002",
}

func TestParse_reads_the_hashes_of_the_replaced_server(t *testing.T) {
	for text, secret := range adopted {
		h, err := credential.Parse(text)
		require.NoError(t, err)
		require.Contains(t, text, "$"+strings.Split(text, "$")[1]+"$")
		require.True(t, h.Matches(secret))
		require.False(t, h.Matches(secret+" "))
	}
	h, err := credential.Parse("pbkdf2_sha1$1$salt$" + "DGCm8NWtWCc7G9WGVDSOHOhlTQI=")
	require.NoError(t, err)
	require.Equal(t, 1, h.Rounds())
}

func TestParse_refuses_what_it_cannot_check(t *testing.T) {
	good, err := credential.Make("x", 1)
	require.NoError(t, err)
	parts := strings.Split(good, "$")
	for _, text := range []string{
		"", "x", "$$$", "argon2$1$a$b", "md5$1$a$b", good + "$", strings.TrimSuffix(good, "="),
		strings.Join([]string{parts[0], "0", parts[2], parts[3]}, "$"),
		strings.Join([]string{parts[0], "-1", parts[2], parts[3]}, "$"),
		strings.Join([]string{parts[0], "10000001", parts[2], parts[3]}, "$"),
		strings.Join([]string{parts[0], "99999999999999999999", parts[2], parts[3]}, "$"),
		strings.Join([]string{"pbkdf2_sha1", "1", parts[2], parts[3]}, "$"),
	} {
		_, err := credential.Parse(text)
		require.ErrorIs(t, err, credential.ErrUnknown, text)
	}
}

func TestMake_writes_the_layout_that_the_replaced_server_checks(t *testing.T) {
	seen := map[string]bool{}
	for range 10 {
		text, err := credential.Make("a secret", 1_000)
		require.NoError(t, err)
		require.Regexp(t, `^pbkdf2_sha256\$1000\$[A-Za-z0-9]{22}\$[A-Za-z0-9+/]{43}=$`, text)
		require.False(t, seen[text], "salted")
		seen[text] = true
		h, err := credential.Parse(text)
		require.NoError(t, err)
		require.True(t, h.Matches("a secret"))
		require.False(t, h.Matches("A secret"))
		require.False(t, h.Matches(""))
	}
}

func TestRandom_draws_every_character_alike(t *testing.T) {
	const draws = 62_000
	text, err := credential.Random(draws)
	require.NoError(t, err)
	require.Len(t, text, draws)
	seen := map[rune]int{}
	for _, c := range text {
		seen[c]++
	}
	require.Len(t, seen, 62)
	for c, n := range seen { // 1,000 expected; 8 standard deviations
		require.InDelta(t, draws/62, n, 250, string(c))
	}
}

func TestStrong_tells_what_was_drawn_from_what_was_thought_up(t *testing.T) {
	for range 100 {
		drawn, err := credential.Random(128)
		require.NoError(t, err)
		require.True(t, credential.Strong(drawn), drawn)
		require.Equal(t, credential.FewRounds, credential.RoundsFor(drawn))
	}
	for _, secret := range []string{
		"", "short", strings.Repeat("aB3", 50), strings.Repeat("x", 128), strings.Repeat("0123456789abcdef", 8),
		"The quick brown fox jumps over the lazy dog 12 times", "legacy-test-client-secret-000000000001",
		strings.Repeat("Ää1", 30),
	} {
		require.False(t, credential.Strong(secret), secret)
		require.Equal(t, credential.ManyRounds, credential.RoundsFor(secret))
	}
}

func FuzzParse(f *testing.F) {
	for text := range adopted {
		f.Add(text)
	}
	f.Add("pbkdf2_sha256$1$$")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := credential.Parse(text)
		if err != nil {
			require.ErrorIs(t, err, credential.ErrUnknown)
			return
		}
		require.Positive(t, h.Rounds())
		require.LessOrEqual(t, h.Rounds(), 10_000_000)
	})
}
