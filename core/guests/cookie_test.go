package guests_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/guests"
)

func TestCookie_keeps_what_was_written_over_replicas(t *testing.T) {
	one, replica, other := of(t, "key"), of(t, "key"), of(t, "another key")
	now := time.UnixMilli(time.Now().UnixMilli())
	for _, c := range []guests.Cookie{
		{ID: one.NewID()},
		{ID: one.NewID(), Shown: true},
		{ID: one.NewID(), Room: uuid.New(), Since: now.Add(-time.Hour), Asked: now},
		{ID: one.NewID(), Shown: true, Room: uuid.New(), Since: now, Asked: now},
	} {
		text := one.Write(c)
		require.True(t, strings.HasPrefix(text, c.ID+"."))
		require.Less(t, len(text), 120)
		got, ok := replica.Read(text)
		require.True(t, ok)
		require.Equal(t, c, got)
		_, ok = other.Read(text)
		require.False(t, ok)
	}
}

func TestCookie_of_somebody_else_is_none(t *testing.T) {
	g := of(t, "key")
	mine, theirs := g.Write(guests.Cookie{ID: g.NewID()}), g.Write(guests.Cookie{ID: g.NewID(), Shown: true})
	id, seal, _ := strings.Cut(mine, ".")
	other, otherSeal, _ := strings.Cut(theirs, ".")
	for name, text := range map[string]string{
		"nothing": "", "the bare id": id, "an id and a dot": id + ".", "the seal alone": seal, "a dot and the seal": "." + seal,
		"the seal of another": id + "." + otherSeal, "the id of another": other + "." + seal,
		"more": mine + "A", "less": mine[:len(mine)-1], "twice": mine + "." + seal, "another spelling": strings.ToUpper(id) + "." + seal,
		"a UUID that is not ours": uuid.NewString() + "." + seal, "long": id + "." + strings.Repeat("A", 5000),
	} {
		_, ok := g.Read(text)
		require.False(t, ok, name)
	}
	for i := range mine { // no character may differ
		changed := []byte(mine)
		changed[i] = "AB"[(int(mine[i])+1)%2]
		got, ok := g.Read(string(changed))
		require.Equal(t, string(changed) == mine, ok, "%s", changed)
		require.True(t, !ok || got.ID == id)
	}
}

// FuzzCookie: whatever a cookie contains, it is not one of ours.
func FuzzCookie(f *testing.F) {
	g, other := of(f, "key"), of(f, "another key")
	for _, seed := range []string{"", ".", g.NewID(), g.NewID() + "." + strings.Repeat("A", 66), other.Write(guests.Cookie{ID: other.NewID()})} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if c, ok := g.Read(text); ok {
			t.Fatalf("%q was not given out, and read as %+v", text, c)
		}
	})
}
