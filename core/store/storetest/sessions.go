package storetest

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func sessions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada := account(t, s, "ada")
	now := moment

	// live finds one session.
	live := func(token string, at time.Time) (store.LiveSession, bool) {
		t.Helper()
		found, err := s.LiveSessions(ctx, at, token)
		require.NoError(t, err)
		got, ok := found[token]
		require.Len(t, found, map[bool]int{true: 1}[ok])
		return got, ok
	}

	t.Run("a session comes back with its account until it ends", func(t *testing.T) {
		want := store.Session{Token: "t1", UserID: &ada.ID, SID: "sid-é", Data: []byte{0, 1, 0xff}, ExpiresAt: now.Add(time.Hour).UTC()}
		require.NoError(t, s.SaveSession(ctx, want))
		got, ok := live("t1", now)
		require.True(t, ok)
		require.Equal(t, store.LiveSession{Session: want, User: ada}, got)
		_, ok = live("t1", want.ExpiresAt.Add(-time.Microsecond))
		require.True(t, ok)
		for _, late := range []time.Time{want.ExpiresAt, want.ExpiresAt.Add(time.Hour)} {
			_, ok = live("t1", late)
			require.False(t, ok)
		}
	})

	t.Run("saving again replaces", func(t *testing.T) {
		require.NoError(t, s.SaveSession(ctx, store.Session{Token: "t2", UserID: &ada.ID, ExpiresAt: now.Add(time.Minute)}))
		got, ok := live("t2", now)
		require.True(t, ok)
		require.Empty(t, got.Data)
		require.Empty(t, got.SID)
		want := store.Session{Token: "t2", UserID: &ada.ID, SID: "s", Data: []byte("d"), ExpiresAt: now.Add(time.Hour).UTC()}
		require.NoError(t, s.SaveSession(ctx, want))
		got, ok = live("t2", now.Add(2*time.Minute))
		require.True(t, ok)
		require.Equal(t, want, got.Session)
	})

	t.Run("that of an inactive or vanished account, or of nobody, is not found", func(t *testing.T) {
		off, err := s.CreateUser(ctx, store.User{Sub: ptr("off")})
		require.NoError(t, err)
		gone := uuid.New()
		for token, id := range map[string]*uuid.UUID{"off": &off.ID, "gone": &gone, "nobody": nil} {
			require.NoError(t, s.SaveSession(ctx, store.Session{Token: token, UserID: id, ExpiresAt: now.Add(time.Hour)}))
			_, ok := live(token, now)
			require.False(t, ok, token)
		}
	})

	t.Run("several are found at once, in whatever company", func(t *testing.T) {
		found, err := s.LiveSessions(ctx, now, "T1", "t2", "", "off", "t1", "t1")
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.Equal(t, ada, found["t1"].User)
		require.Equal(t, ada, found["t2"].User)
		found, err = s.LiveSessions(ctx, now)
		require.NoError(t, err)
		require.Empty(t, found)
		for _, n := range []int{1, 2, 3, 4, 5, 31, 32, 33, 700} { // a header holds no more
			crowd := make([]string, n)
			for i := range crowd {
				crowd[i] = strconv.Itoa(i)
			}
			for _, place := range []int{0, n / 2, n - 1} {
				asked := slices.Insert(slices.Clone(crowd), place, "t2")
				found, err := s.LiveSessions(ctx, now, asked...)
				require.NoError(t, err)
				require.Len(t, found, 1, n)
				require.Equal(t, ada, found["t2"].User)
			}
			found, err := s.LiveSessions(ctx, now, crowd...)
			require.NoError(t, err)
			require.Empty(t, found)
		}
	})
}

func sessionRemoval(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada, bob := account(t, s, "ada"), account(t, s, "bob")
	now := moment
	save := func(token string, user *uuid.UUID, sid string, life time.Duration) {
		t.Helper()
		require.NoError(t, s.SaveSession(ctx, store.Session{Token: token, UserID: user, SID: sid, ExpiresAt: now.Add(life)}))
	}
	lives := func(token string) bool {
		t.Helper()
		found, err := s.LiveSessions(ctx, now.Add(-time.Hour), token)
		require.NoError(t, err)
		return len(found) == 1
	}

	save("a1", &ada.ID, "x", time.Hour)
	save("a2", &ada.ID, "y", time.Hour)
	save("b1", &bob.ID, "x", time.Hour)
	save("none", &bob.ID, "", time.Hour)

	require.NoError(t, s.DeleteSession(ctx, "unknown"))
	require.NoError(t, s.DeleteSession(ctx, "a2"))
	require.False(t, lives("a2"))

	n, err := s.DeleteSIDSessions(ctx, "")
	require.NoError(t, err)
	require.Zero(t, n, "an unknown provider session ends nothing")
	n, err = s.DeleteSIDSessions(ctx, "x")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.False(t, lives("a1"))
	require.True(t, lives("none"))

	save("a3", &ada.ID, "", time.Hour)
	save("a4", &ada.ID, "", time.Hour)
	save("b2", &bob.ID, "", time.Hour)
	n, err = s.DeleteUserSessions(ctx, ada.ID)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.True(t, lives("b2"))

	save("old", &bob.ID, "", -time.Microsecond)
	save("edge", &bob.ID, "", 0)
	save("next", &bob.ID, "", time.Microsecond)
	n, err = s.DeleteExpiredSessions(ctx, now, 10)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.True(t, lives("next"))
	require.Equal(t, 3, count(t, s, "foyer_session"))
}
