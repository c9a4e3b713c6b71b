package guests_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/guests"
	"foyer/sdk/conf"
)

func of(t testing.TB, key string) *guests.Guests {
	t.Helper()
	g, err := guests.New(conf.NewSecret(key))
	require.NoError(t, err)
	return g
}

func TestIDs_are_recognised_by_replicas_and_nobody_else(t *testing.T) {
	one, replica, other := of(t, "key"), of(t, "key"), of(t, "another key")
	seen := map[string]bool{}
	for range 1000 {
		text := one.NewID()
		require.False(t, seen[text])
		seen[text] = true
		id, err := uuid.Parse(text)
		require.NoError(t, err)
		require.Equal(t, uuid.Version(4), id.Version())
		require.Equal(t, uuid.RFC4122, id.Variant())
		require.True(t, replica.GaveOut(text))
		require.False(t, other.GaveOut(text))
		require.False(t, one.GaveOut(uuid.NewString()))
	}
}

func TestIDs_count_only_as_they_were_given_out(t *testing.T) {
	g := of(t, "key")
	id := g.NewID()
	for _, text := range []string{
		"", strings.ToUpper(id), strings.ReplaceAll(id, "-", ""), "{" + id + "}", "urn:uuid:" + id, " " + id, id + "\x00", id[:35],
		uuid.Nil.String(), uuid.Max.String(),
	} {
		require.False(t, g.GaveOut(text), "%q", text)
	}
	for i := range id { // no character may differ
		other := []byte(id)
		other[i] = "01"[(int(id[i])+1)%2]
		require.Equal(t, string(other) == id, g.GaveOut(string(other)), "%s", other)
	}
}

// FuzzIDs: whatever comes from outside is not one of our ids.
func FuzzIDs(f *testing.F) {
	g := of(f, "key")
	for _, seed := range []string{"", "ada", uuid.NewString(), strings.Repeat("\xff", 36), of(f, "k").NewID()} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if g.GaveOut(text) {
			t.Fatalf("%q was not given out", text)
		}
	})
}
