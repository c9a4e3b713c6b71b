package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func roomLists(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada, bob, eve := account(t, s, "ada"), account(t, s, "bob"), account(t, s, "eve")
	for _, name := range []string{"delta", "alpha", "charlie", "echo", "bravo"} {
		room(t, s, name, ada.ID)
	}
	foreign := room(t, s, "aardvark", bob.ID)
	grant(t, s, foreign.ID, ada.ID, store.Member, "2026-01-02 00:00:00+00:00")
	grant(t, s, foreign.ID, eve.ID, store.Administrator, "2026-01-03 00:00:00.5+00:00")

	t.Run("pages follow the names and give the role", func(t *testing.T) {
		var seen []string
		for offset := 0; offset < 8; offset += 2 {
			list, total, err := s.RoomsOf(ctx, ada.ID, 2, offset)
			require.NoError(t, err)
			require.Equal(t, 6, total)
			for _, r := range list {
				seen = append(seen, r.Name+" "+string(r.Role))
			}
		}
		require.Equal(t, []string{"aardvark member", "alpha owner", "bravo owner", "charlie owner", "delta owner", "echo owner"}, seen)
	})

	t.Run("a listed room equals the room", func(t *testing.T) {
		list, _, err := s.RoomsOf(ctx, ada.ID, 1, 1)
		require.NoError(t, err)
		require.Len(t, list, 1)
		one, err := s.RoomBySlug(ctx, "alpha", ada.ID)
		require.NoError(t, err)
		one.CreatedAt, one.UpdatedAt = time.Time{}, time.Time{}
		require.Equal(t, one, list[0].RoomWithRole)
	})

	t.Run("rooms come with their accesses, newest first, for those who administer them", func(t *testing.T) {
		for _, x := range []struct {
			viewer  uuid.UUID
			holders []uuid.UUID
		}{
			{ada.ID, nil}, {eve.ID, []uuid.UUID{bob.ID, eve.ID, ada.ID}}, {bob.ID, []uuid.UUID{bob.ID, eve.ID, ada.ID}},
		} {
			list, _, err := s.RoomsOf(ctx, x.viewer, 1, 0)
			require.NoError(t, err)
			require.Equal(t, foreign.ID, list[0].ID)
			var holders []uuid.UUID
			for _, a := range list[0].Accesses {
				whole, err := s.AccessOf(ctx, foreign.ID, a.UserID)
				require.NoError(t, err)
				whole.CreatedAt, whole.UpdatedAt = time.Time{}, time.Time{}
				require.Equal(t, whole, a)
				holders = append(holders, a.UserID)
			}
			require.Equal(t, x.holders, holders)
		}
		list, _, err := s.RoomsOf(ctx, ada.ID, 10, 0)
		require.NoError(t, err)
		for _, r := range list[1:] {
			require.Len(t, r.Accesses, 1)
			require.Equal(t, []any{ada.ID, r.ID, store.Owner}, []any{r.Accesses[0].UserID, r.Accesses[0].RoomID, r.Accesses[0].Role})
		}
	})

	t.Run("the total is told beyond the end and without rows too", func(t *testing.T) {
		for _, x := range [][2]int{{0, 0}, {0, 3}, {2, 6}, {2, 100}} {
			list, total, err := s.RoomsOf(ctx, ada.ID, x[0], x[1])
			require.NoError(t, err)
			require.Empty(t, list)
			require.Equal(t, 6, total)
		}
	})

	t.Run("accounts are found by their ids, those that exist", func(t *testing.T) {
		found, err := s.UsersByID(ctx, ada.ID, uuid.New(), bob.ID, ada.ID)
		require.NoError(t, err)
		require.Equal(t, map[uuid.UUID]store.User{ada.ID: ada, bob.ID: bob}, found)
		found, err = s.UsersByID(ctx)
		require.NoError(t, err)
		require.Empty(t, found)
	})

	t.Run("rooms of one name keep one order", func(t *testing.T) {
		dan := account(t, s, "dan")
		for i := range 6 {
			_, err := s.CreateRoom(ctx, store.Room{Name: "same", Slug: fmt.Sprint("same-", i), AccessLevel: store.Public}, dan.ID)
			require.NoError(t, err)
		}
		seen := map[uuid.UUID]bool{}
		for offset := range 6 {
			list, _, err := s.RoomsOf(ctx, dan.ID, 1, offset)
			require.NoError(t, err)
			require.Len(t, list, 1)
			seen[list[0].ID] = true
		}
		require.Len(t, seen, 6)
	})

	t.Run("who has no role has no room", func(t *testing.T) {
		for _, user := range []uuid.UUID{uuid.New(), uuid.Nil} {
			list, total, err := s.RoomsOf(ctx, user, 10, 0)
			require.NoError(t, err)
			require.Zero(t, total)
			require.Empty(t, list)
		}
	})

	t.Run("accesses come newest first with their accounts", func(t *testing.T) {
		alpha, err := s.RoomBySlug(ctx, "alpha", uuid.Nil)
		require.NoError(t, err)
		list, err := s.Accesses(ctx, foreign.ID, alpha.ID)
		require.NoError(t, err)
		require.Len(t, list, 4)
		for i, want := range []struct {
			user store.User
			room uuid.UUID
			role store.Role
		}{
			{bob, foreign.ID, store.Owner}, {ada, alpha.ID, store.Owner},
			{eve, foreign.ID, store.Administrator}, {ada, foreign.ID, store.Member},
		} {
			got := list[i]
			if i < 2 { // made within one test, by the clock
				require.False(t, list[0].Access.CreatedAt.Before(list[1].Access.CreatedAt))
				continue
			}
			require.Equal(t, want.user, got.User)
			require.Equal(t, []any{want.user.ID, want.room, want.role}, []any{got.UserID, got.RoomID, got.Role})
			require.NotEqual(t, uuid.Nil, got.Access.ID)
		}
		require.Equal(t, "2026-01-03T00:00:00.5Z", list[2].Access.CreatedAt.Format("2006-01-02T15:04:05.999999999Z07:00"))
	})

	t.Run("no rooms have no accesses", func(t *testing.T) {
		for _, ids := range [][]uuid.UUID{nil, {uuid.New()}} {
			list, err := s.Accesses(ctx, ids...)
			require.NoError(t, err)
			require.Empty(t, list)
		}
	})

	t.Run("a second access of one account is a conflict", func(t *testing.T) {
		err := raw(t, s, insertAccess(foreign.ID, ada.ID, store.Owner, "2026-01-04 00:00:00+00:00"))
		conflicts(t, err, "access")
	})
}

func roomRemoval(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada := account(t, s, "ada")
	kept, gone := room(t, s, "kept", ada.ID), room(t, s, "gone", ada.ID)
	for _, r := range []store.Room{kept, gone} {
		recording := uuid.NewString()
		execute(t, s, `INSERT INTO meet_recording (id, created_at, updated_at, status, room_id, mode, options)
			VALUES ('`+recording+`', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00', 'saved', '`+r.ID.String()+`', 'transcript', '{}')`)
		execute(t, s, `INSERT INTO meet_recording_access (id, created_at, updated_at, team, role, recording_id, user_id)
			VALUES ('`+uuid.NewString()+`', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00', '', 'owner', '`+recording+`', '`+ada.ID.String()+`')`)
	}
	require.NoError(t, s.DeleteRoom(ctx, gone.ID))
	for _, table := range []string{"meet_resource", "meet_room", "meet_resource_access", "meet_recording", "meet_recording_access"} {
		require.Equal(t, 1, count(t, s, table), table)
	}
	_, err := s.RoomByID(ctx, gone.ID, ada.ID)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.ErrorIs(t, s.DeleteRoom(ctx, gone.ID), store.ErrNotFound)
	got, err := s.RoomBySlug(ctx, "kept", ada.ID)
	require.NoError(t, err)
	require.Equal(t, store.Owner, got.Role)
	room(t, s, "gone", ada.ID)
}
