package storetest

import (
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

	t.Run("a session comes back with its account until it ends", func(t *testing.T) {
		want := store.Session{Token: "t1", UserID: &ada.ID, SID: "sid-é", Data: []byte{0, 1, 0xff}, ExpiresAt: now.Add(time.Hour)}
		require.NoError(t, s.SaveSession(ctx, want))
		got, user, err := s.Session(ctx, "t1", now)
		require.NoError(t, err)
		want.ExpiresAt = want.ExpiresAt.UTC()
		require.Equal(t, want, got)
		require.Equal(t, &ada, user)
		_, _, err = s.Session(ctx, "t1", want.ExpiresAt.Add(-time.Microsecond))
		require.NoError(t, err)
		for _, late := range []time.Time{want.ExpiresAt, want.ExpiresAt.Add(time.Hour)} {
			_, _, err = s.Session(ctx, "t1", late)
			require.ErrorIs(t, err, store.ErrNotFound)
		}
	})

	t.Run("before login there is no account, and saving again replaces", func(t *testing.T) {
		require.NoError(t, s.SaveSession(ctx, store.Session{Token: "t2", ExpiresAt: now.Add(time.Minute)}))
		got, user, err := s.Session(ctx, "t2", now)
		require.NoError(t, err)
		require.Nil(t, user)
		require.Nil(t, got.UserID)
		require.Empty(t, got.Data)
		require.Empty(t, got.SID)
		want := store.Session{Token: "t2", UserID: &ada.ID, SID: "s", Data: []byte("d"), ExpiresAt: now.Add(time.Hour).UTC()}
		require.NoError(t, s.SaveSession(ctx, want))
		got, user, err = s.Session(ctx, "t2", now.Add(2*time.Minute))
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, &ada, user)
	})

	t.Run("an inactive or vanished account is nil, the session lives", func(t *testing.T) {
		off, err := s.CreateUser(ctx, store.User{Sub: ptr("off")})
		require.NoError(t, err)
		for token, id := range map[string]uuid.UUID{"off": off.ID, "gone": uuid.New()} {
			require.NoError(t, s.SaveSession(ctx, store.Session{Token: token, UserID: &id, ExpiresAt: now.Add(time.Hour)}))
			got, user, err := s.Session(ctx, token, now)
			require.NoError(t, err)
			require.Nil(t, user)
			require.Equal(t, id, *got.UserID)
		}
	})

	t.Run("an unknown token is not found", func(t *testing.T) {
		_, user, err := s.Session(ctx, "T1", now)
		require.ErrorIs(t, err, store.ErrNotFound)
		require.Nil(t, user)
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
		_, _, err := s.Session(ctx, token, now.Add(-time.Hour))
		if err != nil {
			require.ErrorIs(t, err, store.ErrNotFound)
		}
		return err == nil
	}

	save("a1", &ada.ID, "x", time.Hour)
	save("a2", &ada.ID, "y", time.Hour)
	save("b1", &bob.ID, "x", time.Hour)
	save("none", nil, "", time.Hour)

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
