package accounts_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/accounts"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

var rules = accounts.Rules{Provisional: true, WithSub: true, Language: "fr-fr", Languages: []string{"en-us", "fr-fr"}}

func onBoth(t *testing.T, test func(t *testing.T, st *store.Store, s accounts.Service)) {
	open := func(t *testing.T, cfg config.Database) {
		cfg.MaxConns, cfg.ConnectTimeout = 4, time.Minute
		st, err := store.Open(t.Context(), cfg)
		require.NoError(t, err)
		t.Cleanup(st.Close)
		require.NoError(t, st.Migrate(t.Context()))
		test(t, st, accounts.New(st, rules))
	}
	t.Run("sqlite", func(t *testing.T) { open(t, config.Database{Dir: migrated.SQLiteT(t)}) })
	t.Run("postgres", func(t *testing.T) { open(t, config.Database{URL: conf.NewSecret(migrated.PostgresT(t))}) })
}

func TestAccounts_have_no_value_that_nobody_checked_whoever_asks(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store, s accounts.Service) {
		ctx, long := t.Context(), strings.Repeat("é", 101)
		u, err := s.CreateUser(ctx, store.User{Sub: new("ada"), Email: new("ada@example.org"), IsActive: true})
		require.NoError(t, err)
		require.Equal(t, "fr-fr", u.Language, "that of new accounts")
		fault := func(err error, field string) {
			t.Helper()
			var f *module.FieldError
			require.ErrorAs(t, err, &f)
			require.Equal(t, field, f.Field)
			require.ErrorIs(t, err, store.ErrInvalid)
		}
		for _, c := range []struct {
			field string
			claim store.Claims
		}{
			{"sub", store.Claims{Sub: new("")}}, {"sub", store.Claims{Sub: new("a\x00b")}}, {"sub", store.Claims{Sub: new(strings.Repeat("a", 256))}},
			{"email", store.Claims{Email: new("ada")}}, {"email", store.Claims{Email: new("a\x00@example.org")}},
			{"full_name", store.Claims{FullName: &long}}, {"short_name", store.Claims{ShortName: new("a\x00")}}, {"short_name", store.Claims{ShortName: new("\xff")}},
		} {
			fault(s.UpdateClaims(ctx, u.ID, c.claim), c.field)
			_, err := s.CreateUser(ctx, store.User{Sub: c.claim.Sub, Email: c.claim.Email, FullName: c.claim.FullName, ShortName: c.claim.ShortName})
			fault(err, c.field)
		}
		for _, c := range []struct {
			field  string
			change store.UserChange
		}{
			{"timezone", store.UserChange{Timezone: new("Mars/Base")}}, {"timezone", store.UserChange{Timezone: new("")}},
			{"language", store.UserChange{Language: new("de-de")}}, {"language", store.UserChange{Language: new("")}},
			{"default_room_access_level", store.UserChange{RoomAccessLevel: new("open")}},
			{"default_room_configuration", store.UserChange{RoomConfiguration: json.RawMessage(`{"unknown":1}`)}},
			{"default_room_configuration", store.UserChange{RoomConfiguration: json.RawMessage(`[]`)}},
		} {
			_, err := s.UpdateUser(ctx, u.ID, c.change)
			fault(err, c.field)
		}
		_, err = s.CreateProvisional(ctx, "nobody")
		require.ErrorIs(t, err, module.ErrInvalid)
		_, err = s.CreateWithSub(ctx, "a\x00")
		require.ErrorIs(t, err, module.ErrInvalid)
		got, err := st.UserByID(ctx, u.ID)
		require.NoError(t, err)
		require.Equal(t, u, got)
		list, n, err := st.Users(ctx, "", 10, 0)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, 1, n)
		_, err = s.UpdateUser(ctx, uuid.New(), store.UserChange{Timezone: new("UTC")})
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

// A sign-in brings names while the page stores what the user chose.
func TestChanges_of_one_account_at_the_same_moment_are_all_kept(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store, s accounts.Service) {
		ctx := t.Context()
		for round := range 10 {
			u, err := s.CreateUser(ctx, store.User{Sub: new(uuid.NewString()), IsActive: true})
			require.NoError(t, err, round)
			do := []func() error{
				func() error { return s.UpdateClaims(ctx, u.ID, store.Claims{FullName: new("Ada Lovelace")}) },
				func() error {
					return s.UpdateClaims(ctx, u.ID, store.Claims{Email: new(u.ID.String() + "@example.org")})
				},
				func() error {
					_, err := s.UpdateUser(ctx, u.ID, store.UserChange{Timezone: new("Europe/Paris")})
					return err
				},
				func() error { _, err := s.UpdateUser(ctx, u.ID, store.UserChange{Language: new("en-us")}); return err },
				func() error {
					_, err := s.UpdateUser(ctx, u.ID, store.UserChange{RoomAccessLevel: new(store.Restricted), RoomConfiguration: json.RawMessage(`{"everyone_can_mute":true}`)})
					return err
				},
				func() error { return s.TouchLogin(ctx, u.ID, time.Now()) },
			}
			errs := make([]error, len(do))
			var all sync.WaitGroup
			for i, f := range do {
				all.Go(func() { errs[i] = f() })
			}
			all.Wait()
			for _, err := range errs {
				require.NoError(t, err)
			}
			got, err := st.UserByID(ctx, u.ID)
			require.NoError(t, err)
			require.Equal(t, "Ada Lovelace", *got.FullName)
			require.Equal(t, u.ID.String()+"@example.org", *got.Email)
			require.Equal(t, []string{"Europe/Paris", "en-us", store.Restricted}, []string{got.Timezone, got.Language, *got.DefaultRoomAccessLevel})
			require.JSONEq(t, `{"everyone_can_mute":true}`, string(got.DefaultRoomConfiguration))
			require.NotNil(t, got.LastLogin)
		}
	})
}
