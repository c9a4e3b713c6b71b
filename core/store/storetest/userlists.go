package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func userChanges(t *testing.T, s *store.Store) {
	ctx := t.Context()
	before, err := s.CreateUser(ctx, store.User{Sub: ptr("ada"), Email: ptr("ada@example.org"), IsActive: true})
	require.NoError(t, err)
	other := account(t, s, "grace")
	for _, step := range []struct {
		change store.UserChange
		want   func(u *store.User)
	}{
		{store.UserChange{}, func(*store.User) {}},
		{store.UserChange{Timezone: ptr("Europe/Paris")}, func(u *store.User) { u.Timezone = "Europe/Paris" }},
		{store.UserChange{Language: ptr("fr-fr")}, func(u *store.User) { u.Language = "fr-fr" }},
		{store.UserChange{RoomAccessLevel: ptr("trusted")}, func(u *store.User) { u.DefaultRoomAccessLevel = ptr("trusted") }},
		{store.UserChange{RoomAccessLevel: ptr("")}, func(u *store.User) { u.DefaultRoomAccessLevel = ptr("") }},
		{store.UserChange{ClearRoomAccessLevel: true}, func(u *store.User) { u.DefaultRoomAccessLevel = nil }},
		{store.UserChange{RoomConfiguration: json.RawMessage(`{"a": "b"}`)}, func(u *store.User) {
			u.DefaultRoomConfiguration = json.RawMessage(`{"a": "b"}`)
		}},
	} {
		start := time.Now().UTC().Truncate(time.Microsecond)
		got, err := s.UpdateUser(ctx, before.ID, step.change)
		require.NoError(t, err)
		require.WithinRange(t, got.UpdatedAt, start, time.Now())
		want := before
		want.UpdatedAt = got.UpdatedAt
		step.want(&want)
		require.Equal(t, want, got)
		stored, err := s.UserByID(ctx, before.ID)
		require.NoError(t, err)
		require.Equal(t, got, stored)
		before = got
	}
	_, err = s.UpdateUser(ctx, uuid.New(), store.UserChange{Language: ptr("fr-fr")})
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = s.UpdateUser(ctx, before.ID, store.UserChange{RoomConfiguration: json.RawMessage(`[]`)})
	require.ErrorIs(t, err, store.ErrInvalid)
	got, err := s.UserByID(ctx, other.ID)
	require.NoError(t, err)
	require.Equal(t, other, got, "another account changed")
}

func userLists(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for _, name := range []string{"david.bowman", "nicole_foole", "frank_poole", "heywood_floyd"} {
		_, err := s.CreateUser(ctx, store.User{Sub: &name, Email: ptr(name + "@work.com")})
		require.NoError(t, err)
	}
	account(t, s, "without an address")
	for _, x := range []struct {
		search        string
		limit, offset int
		total         int
		want          []string
	}{
		{"", 20, 0, 5, []string{"without an address", "heywood_floyd", "frank_poole", "nicole_foole", "david.bowman"}},
		{"", 2, 1, 5, []string{"heywood_floyd", "frank_poole"}},
		{"oole", 20, 0, 2, []string{"frank_poole", "nicole_foole"}},
		{"OOLE", 1, 0, 2, []string{"frank_poole"}},
		{"oole", 1, 1, 2, []string{"nicole_foole"}},
		{"oole", 1, 2, 2, nil},
		{"oole", 0, 0, 2, nil},
		{"david.bowman@work.com", 20, 0, 1, []string{"david.bowman"}},
		{"work.com", 3, 2, 4, []string{"nicole_foole", "david.bowman"}},
		{"clarke", 20, 0, 0, nil},
		{"@", 20, 0, 0, nil},
		{"' OR 1=1 --", 20, 0, 0, nil},
	} {
		list, total, err := s.Users(ctx, x.search, x.limit, x.offset)
		require.NoError(t, err, x.search)
		require.Equal(t, x.total, total, x.search)
		var got []string
		for _, u := range list {
			got = append(got, *u.Sub)
		}
		require.Equal(t, x.want, got, x)
	}
	_, _, err := s.Users(ctx, "a\x00", 20, 0)
	require.ErrorIs(t, err, store.ErrInvalid)
}
