package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func rooms(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada, bob := account(t, s, "ada"), account(t, s, "bob")

	t.Run("every field comes back with the viewer's role", func(t *testing.T) {
		want := store.Room{ID: uuid.New(), Name: "Réunion d'équipe 会議 🎥", Slug: "reunion-dequipe",
			Configuration: json.RawMessage(`{"everyone_can_mute": true}`), AccessLevel: store.Trusted, PINCode: ptr("0012345678")}
		r, err := s.CreateRoom(ctx, want, ada.ID)
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), r.CreatedAt, time.Minute)
		require.Equal(t, r.CreatedAt, r.UpdatedAt)
		want.CreatedAt, want.UpdatedAt = r.CreatedAt, r.UpdatedAt
		require.Equal(t, want, r)
		grant(t, s, r.ID, bob.ID, store.Administrator, "2026-01-01 00:00:00+00:00")
		for viewer, role := range map[uuid.UUID]store.Role{
			ada.ID: store.Owner, bob.ID: store.Administrator, uuid.New(): store.NoRole, uuid.Nil: store.NoRole,
		} {
			got, err := s.RoomByID(ctx, r.ID, viewer)
			require.NoError(t, err)
			require.Equal(t, store.RoomWithRole{Room: want, Role: role}, got)
			got, err = s.RoomBySlug(ctx, r.Slug, viewer)
			require.NoError(t, err)
			require.Equal(t, store.RoomWithRole{Room: want, Role: role}, got)
		}
	})

	t.Run("an unset configuration is an empty object", func(t *testing.T) {
		require.JSONEq(t, `{}`, string(room(t, s, "plain", ada.ID).Configuration))
	})

	t.Run("an unknown room is not found", func(t *testing.T) {
		_, err := s.RoomByID(ctx, uuid.New(), ada.ID)
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = s.RoomBySlug(ctx, "Reunion-Dequipe", ada.ID)
		require.ErrorIs(t, err, store.ErrNotFound, "a slug is compared exactly")
		_, err = s.UpdateRoom(ctx, store.Room{ID: uuid.New(), Name: "x", Slug: "x", AccessLevel: store.Public})
		require.ErrorIs(t, err, store.ErrNotFound)
		require.ErrorIs(t, s.DeleteRoom(ctx, uuid.New()), store.ErrNotFound)
	})

	t.Run("a conflict names its rule and leaves nothing", func(t *testing.T) {
		_, err := s.CreateRoom(ctx, store.Room{Name: "p", Slug: "p", AccessLevel: store.Public, PINCode: ptr("4821")}, ada.ID)
		require.NoError(t, err)
		before := count(t, s, "meet_resource")
		_, err = s.CreateRoom(ctx, store.Room{Name: "P", Slug: "p", AccessLevel: store.Public}, ada.ID)
		conflicts(t, err, "slug")
		_, err = s.CreateRoom(ctx, store.Room{Name: "Q", Slug: "q", AccessLevel: store.Public, PINCode: ptr("4821")}, ada.ID)
		conflicts(t, err, "pin_code")
		require.Equal(t, before, count(t, s, "meet_resource"))
	})

	t.Run("an empty slug, as the replaced server leaves one, names nothing", func(t *testing.T) {
		r := room(t, s, "", ada.ID)
		_, err := s.RoomBySlug(ctx, "", ada.ID)
		require.ErrorIs(t, err, store.ErrNotFound)
		got, err := s.RoomByID(ctx, r.ID, ada.ID)
		require.NoError(t, err)
		require.Equal(t, r.ID, got.ID)
	})

	t.Run("a room of an unknown owner is refused, and the next is not", func(t *testing.T) {
		before := count(t, s, "meet_resource")
		_, err := s.CreateRoom(ctx, store.Room{Name: "o", Slug: "ownerless", AccessLevel: store.Public}, uuid.New())
		require.Error(t, err)
		require.Equal(t, before, count(t, s, "meet_resource"))
		room(t, s, "ownerless", ada.ID)
	})

	t.Run("an update bumps updated_at alone", func(t *testing.T) {
		r, err := s.CreateRoom(ctx, store.Room{Name: "u", Slug: "u", AccessLevel: store.Public, PINCode: ptr("777")}, ada.ID)
		require.NoError(t, err)
		change := r
		change.Name, change.Slug, change.AccessLevel = "Ü", "u2", store.Restricted
		change.Configuration, change.PINCode = json.RawMessage(`{"can_publish_sources": []}`), nil
		changed, err := s.UpdateRoom(ctx, change)
		require.NoError(t, err)
		require.True(t, changed.UpdatedAt.After(r.UpdatedAt))
		got, err := s.RoomByID(ctx, r.ID, ada.ID)
		require.NoError(t, err)
		changed.PINCode = r.PINCode // not of an update
		require.Equal(t, store.RoomWithRole{Room: changed, Role: store.Owner}, got)
		_, err = s.RoomBySlug(ctx, "u", uuid.Nil)
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("an update to a taken slug is a conflict and changes nothing", func(t *testing.T) {
		room(t, s, "there", ada.ID)
		r := room(t, s, "here", ada.ID)
		change := r
		change.Name, change.Slug = "There", "there"
		_, err := s.UpdateRoom(ctx, change)
		conflicts(t, err, "slug")
		got, err := s.RoomByID(ctx, r.ID, uuid.Nil)
		require.NoError(t, err)
		require.Equal(t, r, got.Room)
	})
}
