package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func anyRole(store.Role) error { return nil }

func anyAccess(store.AccessWithRole) error { return nil }

// become decides on a role.
func become(role store.Role) func(store.AccessWithRole) (store.Role, error) {
	return func(store.AccessWithRole) (store.Role, error) { return role, nil }
}

// roles returns those of a room, by account, as stored.
func roles(t *testing.T, s *store.Store, room uuid.UUID) map[uuid.UUID]store.Role {
	t.Helper()
	list, err := s.Accesses(t.Context(), room)
	require.NoError(t, err)
	of := map[uuid.UUID]store.Role{}
	for _, a := range list {
		of[a.UserID] = a.Role
	}
	return of
}

func accesses(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada, grace, alan := account(t, s, "ada"), account(t, s, "grace"), account(t, s, "alan")
	r := room(t, s, "r", ada.ID)
	refusal := errors.New("refused")

	t.Run("a role is given to whoever has one and to whoever has none", func(t *testing.T) {
		other := room(t, s, "given", ada.ID)
		for _, role := range []store.Role{store.Member, store.Administrator, store.Administrator} {
			require.NoError(t, s.GiveRole(ctx, other.ID, alan.ID, ada.ID, func(now store.AccessWithRole) (store.Role, error) {
				require.Equal(t, store.Owner, now.ViewerRole)
				require.Equal(t, roles(t, s, other.ID)[alan.ID], now.Role)
				return role, nil
			}))
			require.Equal(t, map[uuid.UUID]store.Role{ada.ID: store.Owner, alan.ID: role}, roles(t, s, other.ID))
		}
		for _, who := range []uuid.UUID{alan.ID, grace.ID} {
			require.ErrorIs(t, s.GiveRole(ctx, other.ID, who, grace.ID, func(now store.AccessWithRole) (store.Role, error) {
				require.Equal(t, store.NoRole, now.ViewerRole)
				return "", refusal
			}), refusal)
		}
		require.ErrorIs(t, s.GiveRole(ctx, other.ID, ada.ID, ada.ID, become(store.Member)), store.ErrLastOwner)
		require.ErrorIs(t, s.GiveRole(ctx, uuid.New(), alan.ID, ada.ID, become(store.Member)), store.ErrNotFound)
		require.Len(t, roles(t, s, other.ID), 2)
	})

	t.Run("an access is added by whom the rule allows", func(t *testing.T) {
		wanted := store.Access{UserID: grace.ID, RoomID: r.ID, Role: store.Administrator}
		_, err := s.AddAccess(ctx, wanted, ada.ID, func(role store.Role) error {
			require.Equal(t, store.Owner, role)
			return refusal
		})
		require.ErrorIs(t, err, refusal)
		require.Len(t, roles(t, s, r.ID), 1)
		got, err := s.AddAccess(ctx, wanted, alan.ID, func(role store.Role) error {
			require.Equal(t, store.NoRole, role)
			return nil
		})
		require.NoError(t, err)
		stored, err := s.AccessOf(ctx, r.ID, grace.ID)
		require.NoError(t, err)
		require.Equal(t, got, stored)
		require.Equal(t, store.Administrator, stored.Role)
		_, err = s.AddAccess(ctx, wanted, ada.ID, anyRole)
		conflicts(t, err, "access")
		_, err = s.AddAccess(ctx, store.Access{UserID: ada.ID, RoomID: uuid.New(), Role: store.Member}, ada.ID, anyRole)
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("an access is found with the viewer's role", func(t *testing.T) {
		a, err := s.AccessOf(ctx, r.ID, grace.ID)
		require.NoError(t, err)
		for viewer, role := range map[uuid.UUID]store.Role{ada.ID: store.Owner, grace.ID: store.Administrator, alan.ID: store.NoRole, uuid.Nil: store.NoRole} {
			got, err := s.AccessByID(ctx, a.ID, viewer)
			require.NoError(t, err)
			require.Equal(t, store.AccessWithRole{Access: a, ViewerRole: role}, got)
		}
		_, err = s.AccessByID(ctx, uuid.New(), ada.ID)
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = s.AccessOf(ctx, r.ID, alan.ID)
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("a role is set, but a room keeps an owner", func(t *testing.T) {
		own, err := s.AccessOf(ctx, r.ID, ada.ID)
		require.NoError(t, err)
		_, err = s.SetAccessRole(ctx, own.ID, grace.ID, func(now store.AccessWithRole) (store.Role, error) {
			require.Equal(t, store.AccessWithRole{Access: own, ViewerRole: store.Administrator}, now)
			return store.Member, refusal
		})
		require.ErrorIs(t, err, refusal)
		for _, role := range []store.Role{store.Member, store.Administrator} {
			_, err = s.SetAccessRole(ctx, own.ID, ada.ID, become(role))
			require.ErrorIs(t, err, store.ErrLastOwner)
		}
		require.ErrorIs(t, s.RemoveAccess(ctx, own.ID, ada.ID, anyAccess), store.ErrLastOwner)
		require.Equal(t, store.Owner, roles(t, s, r.ID)[ada.ID])
		same, err := s.SetAccessRole(ctx, own.ID, ada.ID, become(store.Owner))
		require.NoError(t, err)
		require.True(t, same.UpdatedAt.After(own.UpdatedAt))
		require.Equal(t, own.CreatedAt, same.CreatedAt)

		other, err := s.AccessOf(ctx, r.ID, grace.ID)
		require.NoError(t, err)
		_, err = s.SetAccessRole(ctx, other.ID, ada.ID, become(store.Owner))
		require.NoError(t, err)
		_, err = s.SetAccessRole(ctx, own.ID, ada.ID, become(store.Member))
		require.NoError(t, err)
		require.Equal(t, map[uuid.UUID]store.Role{ada.ID: store.Member, grace.ID: store.Owner}, roles(t, s, r.ID))
		require.ErrorIs(t, s.RemoveAccess(ctx, own.ID, ada.ID, func(store.AccessWithRole) error { return refusal }), refusal)
		require.NoError(t, s.RemoveAccess(ctx, own.ID, ada.ID, anyAccess))
		require.ErrorIs(t, s.RemoveAccess(ctx, own.ID, ada.ID, anyAccess), store.ErrNotFound)
		_, err = s.SetAccessRole(ctx, own.ID, ada.ID, become(store.Member))
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("the accesses of all ruled rooms come in pages, newest first", func(t *testing.T) {
		mary := account(t, s, "mary")
		owned, ruled, joined := room(t, s, "owned", mary.ID), room(t, s, "ruled", ada.ID), room(t, s, "joined", ada.ID)
		grant(t, s, ruled.ID, mary.ID, store.Administrator, "2020-01-01 00:00:00+00:00")
		grant(t, s, joined.ID, mary.ID, store.Member, "2020-01-02 00:00:00+00:00")
		grant(t, s, owned.ID, alan.ID, store.Member, "2020-01-03 00:00:00+00:00")
		list, total, err := s.AccessesRuledBy(ctx, mary.ID, 20, 0)
		require.NoError(t, err)
		require.Equal(t, 4, total)
		require.True(t, slices.IsSortedFunc(list, func(a, b store.Access) int { return b.CreatedAt.Compare(a.CreatedAt) }))
		var whose [][2]uuid.UUID
		for _, a := range list {
			whose = append(whose, [2]uuid.UUID{a.RoomID, a.UserID})
		}
		require.Equal(t, [][2]uuid.UUID{{ruled.ID, ada.ID}, {owned.ID, mary.ID}, {owned.ID, alan.ID}, {ruled.ID, mary.ID}}, whose)
		page, total, err := s.AccessesRuledBy(ctx, mary.ID, 2, 1)
		require.NoError(t, err)
		require.Equal(t, 4, total)
		require.Equal(t, list[1:3], page)
		_, total, err = s.AccessesRuledBy(ctx, uuid.New(), 20, 0)
		require.NoError(t, err)
		require.Zero(t, total)
	})
}

// lastOwner has all owners of a room leave at once, in every possible way.
func lastOwner(t *testing.T, s *store.Store) {
	ctx := t.Context()
	users := make([]store.User, racers)
	for i := range users {
		users[i] = account(t, s, "u"+string(rune('a'+i)))
	}
	for name, leave := range map[string]func(i int, id, caller uuid.UUID) error{
		"demoted": func(_ int, id, caller uuid.UUID) error {
			_, err := s.SetAccessRole(ctx, id, caller, become(store.Member))
			return err
		},
		"removed": func(_ int, id, caller uuid.UUID) error { return s.RemoveAccess(ctx, id, caller, anyAccess) },
		"both": func(i int, id, caller uuid.UUID) error {
			if i%2 == 0 {
				return s.RemoveAccess(ctx, id, caller, anyAccess)
			}
			_, err := s.SetAccessRole(ctx, id, caller, become(store.Administrator))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := room(t, s, name, users[0].ID)
			var ids [racers]uuid.UUID
			for i, u := range users {
				if i > 0 {
					_, err := s.AddAccess(ctx, store.Access{UserID: u.ID, RoomID: r.ID, Role: store.Owner}, u.ID, anyRole)
					require.NoError(t, err)
				}
				a, err := s.AccessOf(ctx, r.ID, u.ID)
				require.NoError(t, err)
				ids[i] = a.ID
			}
			_, errs := race(func(i int) (struct{}, error) { return struct{}{}, leave(i, ids[i], users[i].ID) })
			refused := 0
			for _, err := range errs {
				if err != nil {
					require.ErrorIs(t, err, store.ErrLastOwner)
					refused++
				}
			}
			require.Equal(t, 1, refused)
			owners := 0
			for _, role := range roles(t, s, r.ID) {
				if role == store.Owner {
					owners++
				}
			}
			require.Equal(t, 1, owners)
		})
	}

	t.Run("while the room is deleted", func(t *testing.T) {
		for round := range 5 {
			whileDeleted(t, s, users, fmt.Sprint("deleted", round))
		}
	})
}

// whileDeleted has a room changed in every way while it is deleted: whoever comes
// too late finds nothing, and there are no deadlocks.
func whileDeleted(t *testing.T, s *store.Store, users []store.User, slug string) {
	ctx := t.Context()
	r := room(t, s, slug, users[0].ID)
	own, err := s.AccessOf(ctx, r.ID, users[0].ID)
	require.NoError(t, err)
	_, errs := race(func(i int) (struct{}, error) {
		switch {
		case i == racers/2:
			return struct{}{}, s.DeleteRoom(ctx, r.ID)
		case i%3 == 0:
			_, err := s.UpdateRoom(ctx, r)
			return struct{}{}, err
		case i%3 == 1:
			_, err := s.SetAccessRole(ctx, own.ID, users[0].ID, become(store.Owner))
			return struct{}{}, err
		}
		_, err := s.AddAccess(ctx, store.Access{UserID: users[i].ID, RoomID: r.ID, Role: store.Member}, users[0].ID, anyRole)
		return struct{}{}, err
	})
	for i, err := range errs {
		if err != nil {
			require.ErrorIs(t, err, store.ErrNotFound, i)
		}
	}
	require.NoError(t, errs[racers/2])
	require.Empty(t, roles(t, s, r.ID))
}
