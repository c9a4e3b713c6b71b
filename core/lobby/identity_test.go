package lobby

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/module/conf"
)

func idsOf(t testing.TB, key string) identities {
	t.Helper()
	ids, err := newIdentities(conf.NewSecret(key))
	require.NoError(t, err)
	return ids
}

func TestIdentities_recognise_their_own_over_replicas(t *testing.T) {
	one, replica, other := idsOf(t, "key"), idsOf(t, "key"), idsOf(t, "another key")
	seen := map[uuid.UUID]bool{}
	for range 1000 {
		id := one.make()
		require.False(t, seen[id])
		seen[id] = true
		require.Equal(t, uuid.Version(4), id.Version())
		require.Equal(t, uuid.RFC4122, id.Variant())
		read, ok := replica.read(id.String())
		require.True(t, ok)
		require.Equal(t, id, read)
		_, ok = other.read(id.String())
		require.False(t, ok)
		_, ok = one.read(uuid.NewString())
		require.False(t, ok)
	}
}

func TestIdentities_take_an_id_only_as_it_was_given_out(t *testing.T) {
	ids := idsOf(t, "key")
	id := ids.make().String()
	for _, text := range []string{
		"", strings.ToUpper(id), strings.ReplaceAll(id, "-", ""), "{" + id + "}", "urn:uuid:" + id, " " + id, id + "\x00", id[:35],
		uuid.Nil.String(), uuid.Max.String(),
	} {
		_, ok := ids.read(text)
		require.False(t, ok, "%q", text)
	}
	for i := range id { // no character may differ
		other := []byte(id)
		other[i] = "01"[(int(id[i])+1)%2]
		_, ok := ids.read(string(other))
		require.Equal(t, string(other) == id, ok, "%s", other)
	}
}

// FuzzIdentities: whatever a cookie holds, it is no id of ours.
func FuzzIdentities(f *testing.F) {
	ids := idsOf(f, "key")
	for _, seed := range []string{"", "ada", uuid.NewString(), strings.Repeat("\xff", 36), idsOf(f, "k").make().String()} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if id, ok := ids.read(text); ok {
			t.Fatalf("%q was not given out, and read as %s", text, id)
		}
	})
}
