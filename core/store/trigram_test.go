package store

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/pgdev"
)

// samples are addresses and searches like those of real people, broken and repeated at
// random.
func samples(random *rand.Rand, n int) (searches, texts []string) {
	parts := []string{"ada", "david", "bowman", "nicole_foole", "frank", "poole", "oole", "work", "example", "org", "com",
		"x", "42", "Heywood", "aaaa", "aa", "ÉLAN", "élan", "o", "O'Neil", "会議", "STRASSE", "straße", "İnes", "ınes", "INES",
		"\u212aelvin", "kelvin", "ſam", "SAM"}
	marks := []string{"", ".", "_", "@", "-", "+", " "}
	text := func() string {
		var b strings.Builder
		for range random.IntN(7) {
			b.WriteString(parts[random.IntN(len(parts))])
			b.WriteString(marks[random.IntN(len(marks))])
		}
		return b.String()
	}
	for range n {
		a := text()
		b := text()
		if random.IntN(2) == 0 { // one that contains part of the other
			r := []rune(a)
			from := random.IntN(len(r) + 1)
			b += string(r[from : from+random.IntN(len(r)-from+1)])
		}
		searches, texts = append(searches, b), append(texts, a)
	}
	return searches, texts
}

func TestWordSearch_is_as_similar_as_PostgreSQL_says(t *testing.T) {
	c, err := pgx.Connect(t.Context(), pgdev.New(t))
	require.NoError(t, err)
	defer c.Close(t.Context())
	_, err = c.Exec(t.Context(), `CREATE EXTENSION pg_trgm`)
	require.NoError(t, err)
	searches, texts := samples(rand.New(rand.NewPCG(1, 2)), 20000)
	rows, err := c.Query(t.Context(), `SELECT s, t, word_similarity(s, t)::float8, t %> s
		FROM unnest($1::text[], $2::text[]) AS pair(s, t)`, searches, texts)
	require.NoError(t, err)
	found := 0
	for rows.Next() {
		var search, text string
		var similarity float64
		var finds bool
		require.NoError(t, rows.Scan(&search, &text, &similarity, &finds))
		w := newWordSearch(search)
		require.InDelta(t, similarity, w.similarity(text), 1e-6, "%q in %q", search, text)
		require.Equal(t, finds, w.finds(text), "%q in %q", search, text)
		if finds {
			found++
		}
	}
	require.NoError(t, rows.Err())
	require.Greater(t, found, 1000, "the samples prove nothing")
	require.Less(t, found, 19000)
}

func TestWordSearch_without_letters_finds_nothing(t *testing.T) {
	for _, search := range []string{"", " ", "@", "%_"} {
		require.False(t, newWordSearch(search).finds("ada@example.org"), search)
	}
}
