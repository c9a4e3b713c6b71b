package storetest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func bearers(t *testing.T, s *store.Store) {
	ctx := t.Context()
	app := application(t, s, "bearing", "rooms:list", "rooms:list:all")
	u, err := s.CreateUser(ctx, store.User{Sub: ptr("b"), Email: ptr("b@example.org"), FullName: ptr("B"), IsActive: true})
	require.NoError(t, err)

	t.Run("what a token names is found in one look", func(t *testing.T) {
		b, err := s.Bearer(ctx, "bearing", u.ID, "jti")
		require.NoError(t, err)
		require.Equal(t, store.Application{ID: app.ID, Name: app.Name, ClientID: "bearing", IsActive: true, Scopes: app.Scopes}, *b.Application)
		require.Equal(t, store.User{ID: u.ID, Sub: u.Sub, Email: u.Email, FullName: u.FullName, Language: "en-us", Timezone: "UTC", IsActive: true}, *b.User)
		require.False(t, b.Revoked)
	})

	t.Run("what is not there is nil", func(t *testing.T) {
		b, err := s.Bearer(ctx, "Bearing", uuid.New(), "")
		require.NoError(t, err)
		require.Equal(t, store.Bearer{}, b)
	})

	t.Run("an inactive one is told as such", func(t *testing.T) {
		_, err := s.ChangeApplication(ctx, app.ID, func(a *store.Application) error {
			a.IsActive, a.Addresses = false, []string{"192.0.2.0/24"}
			return nil
		})
		require.NoError(t, err)
		gone, err := s.CreateUser(ctx, store.User{Sub: ptr("gone")})
		require.NoError(t, err)
		b, err := s.Bearer(ctx, "bearing", gone.ID, "")
		require.NoError(t, err)
		require.False(t, b.Application.IsActive)
		require.Equal(t, []string{"192.0.2.0/24"}, b.Application.Addresses)
		require.False(t, b.User.IsActive)
	})

	t.Run("a revoked token stays so until it would have ended", func(t *testing.T) {
		end := time.Now().Add(time.Hour)
		for range 2 { // twice is fine
			require.NoError(t, s.RevokeToken(ctx, "stolen", end))
		}
		b, err := s.Bearer(ctx, "", uuid.Nil, "stolen")
		require.NoError(t, err)
		require.True(t, b.Revoked)
		for _, x := range []struct {
			ids     []string
			revoked bool
		}{
			{nil, false}, {[]string{""}, false}, {[]string{"other", "third"}, false},
			{[]string{"stolen", "other", "third"}, true}, {[]string{"other", "third", "stolen"}, true}, {[]string{"stolen", "stolen"}, true},
		} {
			b, err := s.Bearer(ctx, "bearing", u.ID, x.ids...)
			require.NoError(t, err)
			require.Equal(t, x.revoked, b.Revoked, "%q", x.ids)
			require.NotNil(t, b.Application)
			require.NotNil(t, b.User)
		}
		_, err = s.Bearer(ctx, "", uuid.Nil, make([]string, 65)...)
		require.ErrorIs(t, err, store.ErrInvalid)
		n, err := s.DeleteExpiredRevocations(ctx, end.Add(-time.Second), 10)
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = s.DeleteExpiredRevocations(ctx, end, 10)
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}
