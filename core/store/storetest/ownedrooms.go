package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func ownedRooms(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada, bob, app, other := account(t, s, "ada"), account(t, s, "bob"), uuid.New(), uuid.New()
	owned := func(name string, owner, by uuid.UUID) store.Room {
		r, err := s.CreateOwnedRoom(ctx, store.Room{Name: name, Slug: name, AccessLevel: store.Trusted}, owner, by)
		require.NoError(t, err)
		return r
	}
	for _, name := range []string{"d", "b", "a", "c"} {
		owned(name, ada.ID, app)
	}
	of := owned("bobs", bob.ID, app)
	grant(t, s, of.ID, ada.ID, store.Member, "2026-01-02 00:00:00+00:00")
	owned("others", ada.ID, other)
	made := room(t, s, "frontend", ada.ID)

	names := func(t *testing.T, x store.OwnedRoomQuery) (list []string) {
		t.Helper()
		rooms, err := s.OwnedRooms(ctx, x)
		require.NoError(t, err)
		for _, r := range rooms {
			list = append(list, r.Name)
		}
		n, err := s.CountOwnedRooms(ctx, x)
		require.NoError(t, err)
		require.GreaterOrEqual(t, n, len(list))
		return list
	}

	t.Run("a room tells who created it for the viewer, and the viewer's role", func(t *testing.T) {
		got, err := s.OwnedRoomByID(ctx, of.ID, bob.ID)
		require.NoError(t, err)
		require.Equal(t, store.OwnedRoom{RoomWithRole: store.RoomWithRole{Room: of, Role: store.Owner}, Application: app}, got)
		got, err = s.OwnedRoomByID(ctx, of.ID, ada.ID)
		require.NoError(t, err)
		require.Equal(t, store.OwnedRoom{RoomWithRole: store.RoomWithRole{Room: of, Role: store.Member}}, got, "it was created for somebody else")
		got, err = s.OwnedRoomByID(ctx, made.ID, uuid.Nil)
		require.NoError(t, err)
		require.Equal(t, uuid.Nil, got.Application)
		require.Equal(t, store.NoRole, got.Role)
		_, err = s.OwnedRoomByID(ctx, uuid.New(), ada.ID)
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("an application sees what it created for the user, the user everything", func(t *testing.T) {
		require.Equal(t, []string{"a", "b", "c", "d"}, names(t, store.OwnedRoomQuery{User: ada.ID, Application: app, Limit: 10}))
		require.Equal(t, []string{"a", "b", "bobs", "c", "d", "frontend", "others"}, names(t, store.OwnedRoomQuery{User: ada.ID, Limit: 10}))
		require.Empty(t, names(t, store.OwnedRoomQuery{User: bob.ID, Application: other, Limit: 10}))
	})

	t.Run("pages by offset and by cursor", func(t *testing.T) {
		require.Equal(t, []string{"c", "d"}, names(t, store.OwnedRoomQuery{User: ada.ID, Application: app, Limit: 2, Offset: 2}))
		var seen []string
		x := store.OwnedRoomQuery{User: ada.ID, Limit: 3}
		for {
			list, err := s.OwnedRooms(ctx, x)
			require.NoError(t, err)
			if len(list) == 0 {
				break
			}
			for _, r := range list {
				seen = append(seen, r.Name)
				x.After = &store.RoomCursor{Name: r.Name, ID: r.ID}
			}
		}
		require.Equal(t, []string{"a", "b", "bobs", "c", "d", "frontend", "others"}, seen)
	})

	t.Run("the source goes with its room", func(t *testing.T) {
		before := count(t, s, "foyer_room_source")
		require.NoError(t, s.DeleteRoom(ctx, of.ID))
		require.Equal(t, before-1, count(t, s, "foyer_room_source"))
		_, err := s.CreateOwnedRoom(ctx, store.Room{Name: "a", Slug: "a", AccessLevel: store.Public}, ada.ID, app)
		conflicts(t, err, "slug")
		require.Equal(t, before-1, count(t, s, "foyer_room_source"))
	})
}

func roomChanges(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada := account(t, s, "ada")
	r := room(t, s, "changing", ada.ID)
	level := func(to string) func(*store.Room) error {
		return func(r *store.Room) error { r.AccessLevel = to; return nil }
	}

	t.Run("a change knows the room before and after", func(t *testing.T) {
		before, after, err := s.ChangeRoom(ctx, r.ID, &r.UpdatedAt, level(store.Restricted))
		require.NoError(t, err)
		require.Equal(t, r, before)
		require.True(t, after.UpdatedAt.After(before.UpdatedAt))
		got, err := s.RoomByID(ctx, r.ID, uuid.Nil)
		require.NoError(t, err)
		require.Equal(t, after, got.Room)
	})

	t.Run("not of a room that changed meanwhile", func(t *testing.T) {
		_, _, err := s.ChangeRoom(ctx, r.ID, &r.UpdatedAt, level(store.Public))
		require.ErrorIs(t, err, store.ErrChanged)
		require.ErrorIs(t, s.DeleteRoomIf(ctx, r.ID, &r.UpdatedAt), store.ErrChanged)
		refused := errors.New("refused")
		_, _, err = s.ChangeRoom(ctx, r.ID, nil, func(*store.Room) error { return refused })
		require.ErrorIs(t, err, refused)
		_, _, err = s.ChangeRoom(ctx, uuid.New(), nil, level(store.Public))
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("of many who saw the same state one succeeds", func(t *testing.T) {
		now, err := s.RoomByID(ctx, r.ID, uuid.Nil)
		require.NoError(t, err)
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, _, errs[i] = s.ChangeRoom(ctx, r.ID, &now.UpdatedAt, level(store.Public)) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.ErrorIs(t, err, store.ErrChanged)
		}
		require.Equal(t, 1, won)
	})

	t.Run("the time grows though the clock stands still", func(t *testing.T) {
		future := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
		execute(t, s, `UPDATE meet_resource SET updated_at = '`+future.Format("2006-01-02 15:04:05.999999-07:00")+`' WHERE id = '`+r.ID.String()+`'`)
		_, after, err := s.ChangeRoom(ctx, r.ID, &future, level(store.Trusted))
		require.NoError(t, err)
		require.Equal(t, future.Add(time.Microsecond), after.UpdatedAt)
		require.NoError(t, s.DeleteRoomIf(ctx, r.ID, &after.UpdatedAt))
		require.ErrorIs(t, s.DeleteRoomIf(ctx, r.ID, nil), store.ErrNotFound)
	})
}
