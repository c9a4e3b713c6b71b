package storetest

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func users(t *testing.T, s *store.Store) {
	ctx := t.Context()

	t.Run("defaults are filled", func(t *testing.T) {
		before := time.Now().UTC().Truncate(time.Microsecond)
		u, err := s.CreateUser(ctx, store.User{})
		require.NoError(t, err)
		require.NotEqual(t, uuid.Nil, u.ID)
		require.WithinRange(t, u.CreatedAt, before, time.Now())
		require.Equal(t, u.CreatedAt, u.UpdatedAt)
		require.Regexp(t, regexp.MustCompile(`^![A-Za-z0-9]{40}$`), u.Password)
		require.Equal(t, []string{"en-us", "UTC", "{}"}, []string{u.Language, u.Timezone, string(u.DefaultRoomConfiguration)})
		got, err := s.UserByID(ctx, u.ID)
		require.NoError(t, err)
		require.Equal(t, u, got, "what is returned is what is stored")
		other, err := s.CreateUser(ctx, store.User{})
		require.NoError(t, err)
		require.NotEqual(t, u.Password, other.Password)
	})

	t.Run("every field comes back", func(t *testing.T) {
		want := store.User{
			ID: uuid.New(), LastLogin: ptr(moment), Password: "pbkdf2_sha256$1$a$b", Sub: ptr("full"),
			Email: ptr("Ada@Example.org"), AdminEmail: ptr("admin@example.org"), FullName: ptr("Ada Ünïcode 会議 🎥"),
			ShortName: ptr(""), Language: "fr-fr", Timezone: "Europe/Paris", IsDevice: true, IsStaff: true,
			IsSuperuser: true, IsActive: true, DefaultRoomAccessLevel: ptr(""),
			DefaultRoomConfiguration: json.RawMessage(`{"everyone_can_mute": false}`),
		}
		u, err := s.CreateUser(ctx, want)
		require.NoError(t, err)
		require.Equal(t, moment.UTC(), *u.LastLogin)
		want.CreatedAt, want.UpdatedAt, want.LastLogin = u.CreatedAt, u.UpdatedAt, u.LastLogin
		for name, find := range map[string]func() (store.User, error){
			"id":  func() (store.User, error) { return s.UserByID(ctx, want.ID) },
			"sub": func() (store.User, error) { return s.UserBySub(ctx, "full") },
		} {
			got, err := find()
			require.NoError(t, err, name)
			require.Equal(t, want, got, name)
		}
	})

	t.Run("an unknown account is not found", func(t *testing.T) {
		_, err := s.UserByID(ctx, uuid.New())
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = s.UserBySub(ctx, "FULL")
		require.ErrorIs(t, err, store.ErrNotFound, "a subject is compared exactly")
		list, err := s.UsersByEmail(ctx, "nobody@example.org")
		require.NoError(t, err)
		require.Empty(t, list)
	})

	t.Run("an address may be shared, newest first, whatever its case", func(t *testing.T) {
		first, err := s.CreateUser(ctx, store.User{Sub: ptr("t1"), Email: ptr("Twin@example.org")})
		require.NoError(t, err)
		second, err := s.CreateUser(ctx, store.User{Sub: ptr("t2"), Email: ptr("twin@Example.ORG"), IsActive: true})
		require.NoError(t, err)
		list, err := s.UsersByEmail(ctx, "TWIN@example.org")
		require.NoError(t, err)
		require.Equal(t, []store.User{second, first}, list)
	})

	t.Run("a conflict names its rule", func(t *testing.T) {
		a, err := s.CreateUser(ctx, store.User{Sub: ptr("taken"), AdminEmail: ptr("root@example.org")})
		require.NoError(t, err)
		_, err = s.CreateUser(ctx, store.User{Email: ptr("Pending@example.org")})
		require.NoError(t, err)
		for field, u := range map[string]store.User{
			"sub":         {Sub: ptr("taken")},
			"admin_email": {AdminEmail: ptr("root@example.org")},
			"email":       {Email: ptr("pending@EXAMPLE.org")},
			"":            {ID: a.ID}, // no rule of the domain
		} {
			_, err := s.CreateUser(ctx, u)
			conflicts(t, err, field)
		}
	})
}

func claims(t *testing.T, s *store.Store) {
	ctx := t.Context()
	u, err := s.CreateUser(ctx, store.User{Email: ptr("claims@example.org"), FullName: ptr("Before")})
	require.NoError(t, err)
	account(t, s, "other")

	t.Run("nil keeps and updated_at stays", func(t *testing.T) {
		require.NoError(t, s.UpdateClaims(ctx, u.ID, store.Claims{}))
		got, err := s.UserByID(ctx, u.ID)
		require.NoError(t, err)
		require.Equal(t, u, got)
		require.NoError(t, s.UpdateClaims(ctx, u.ID, store.Claims{Sub: ptr("new"), FullName: ptr("Áfter"), ShortName: ptr("A")}))
		got, err = s.UserByID(ctx, u.ID)
		require.NoError(t, err)
		u.Sub, u.FullName, u.ShortName = ptr("new"), ptr("Áfter"), ptr("A")
		require.Equal(t, u, got)
	})

	t.Run("a login touches last_login alone", func(t *testing.T) {
		require.NoError(t, s.TouchLogin(ctx, u.ID, moment.Add(789*time.Nanosecond)))
		got, err := s.UserByID(ctx, u.ID)
		require.NoError(t, err)
		u.LastLogin = ptr(moment.UTC())
		require.Equal(t, u, got, "cut to microseconds, in UTC")
	})

	t.Run("a taken subject or address is a conflict", func(t *testing.T) {
		conflicts(t, s.UpdateClaims(ctx, u.ID, store.Claims{Sub: ptr("other")}), "sub")
		_, err := s.CreateUser(ctx, store.User{Email: ptr("p1@example.org")})
		require.NoError(t, err)
		p2, err := s.CreateUser(ctx, store.User{Email: ptr("p2@example.org")})
		require.NoError(t, err)
		conflicts(t, s.UpdateClaims(ctx, p2.ID, store.Claims{Email: ptr("P1@example.org")}), "email")
		got, err := s.UserByID(ctx, u.ID)
		require.NoError(t, err)
		require.Equal(t, u, got)
	})

	t.Run("an unknown account is not found", func(t *testing.T) {
		require.ErrorIs(t, s.UpdateClaims(ctx, uuid.New(), store.Claims{FullName: ptr("x")}), store.ErrNotFound)
		require.ErrorIs(t, s.TouchLogin(ctx, uuid.New(), moment), store.ErrNotFound)
	})
}
