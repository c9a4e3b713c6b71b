package storetest

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// doomed tests that what one engine hides is not possible on the other.
func doomed(t *testing.T, s *store.Store) {
	ctx := t.Context()
	account(t, s, "taken")
	for name, fail := range map[string]func(tx *store.Tx) error{
		"write": func(tx *store.Tx) error { _, err := tx.CreateUser(ctx, store.User{Sub: ptr("taken")}); return err },
		"read":  func(tx *store.Tx) error { _, err := tx.UserBySub(ctx, "a\x00b"); return err },
		"take":  func(tx *store.Tx) error { return tx.KVPut(ctx, "n", "\xff", nil, nil) },
	} {
		t.Run("a failed "+name+" ends the transaction although its error is hidden", func(t *testing.T) {
			err := s.InTx(ctx, func(tx *store.Tx) error {
				_, err := tx.CreateUser(ctx, store.User{Sub: ptr("before")})
				require.NoError(t, err)
				require.Error(t, fail(tx))
				_, err = tx.CreateUser(ctx, store.User{Sub: ptr("after")})
				require.Error(t, err)
				_, err = tx.UserBySub(ctx, "taken")
				require.Error(t, err)
				_, err = tx.CreateRoom(ctx, store.Room{Name: "r", Slug: "r", AccessLevel: store.Public}, uuid.New())
				require.Error(t, err)
				return nil
			})
			require.Error(t, err)
			for _, sub := range []string{"before", "after"} {
				_, err = s.UserBySub(ctx, sub)
				require.ErrorIs(t, err, store.ErrNotFound)
			}
		})
	}
	t.Run("finding nothing is not a failure", func(t *testing.T) {
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.UserBySub(ctx, "nobody")
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = tx.UpdateUser(ctx, uuid.New(), store.UserChange{})
			require.ErrorIs(t, err, store.ErrNotFound)
			require.ErrorIs(t, tx.TouchLogin(ctx, uuid.New(), moment), store.ErrNotFound)
			_, err = tx.CreateUser(ctx, store.User{Sub: ptr("nobody")})
			return err
		}))
	})
}

func roomTransactions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada := account(t, s, "ada")
	room(t, s, "taken", ada.ID)
	create := func(tx *store.Tx, slug string) (store.Room, error) {
		return tx.CreateRoom(ctx, store.Room{Name: slug, Slug: slug, AccessLevel: store.Public}, ada.ID)
	}

	t.Run("rooms are made, changed and removed within", func(t *testing.T) {
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
			r, err := create(tx, "made")
			require.NoError(t, err)
			r.Slug = "changed"
			_, err = tx.UpdateRoom(ctx, r)
			require.NoError(t, err)
			_, err = s.RoomByID(ctx, r.ID, ada.ID)
			require.ErrorIs(t, err, store.ErrNotFound, "not yet to be seen outside")
			gone, err := create(tx, "gone")
			require.NoError(t, err)
			return tx.DeleteRoom(ctx, gone.ID)
		}))
		_, err := s.RoomBySlug(ctx, "changed", ada.ID)
		require.NoError(t, err)
		require.Equal(t, 2, count(t, s, "meet_resource"))
	})

	t.Run("a refused one leaves nothing and lets the transaction go on", func(t *testing.T) {
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
			_, err := create(tx, "taken")
			conflicts(t, err, "slug")
			require.ErrorIs(t, tx.DeleteRoom(ctx, uuid.New()), store.ErrNotFound)
			r, err := create(tx, "free")
			require.NoError(t, err)
			r.Slug = "taken"
			_, err = tx.UpdateRoom(ctx, r)
			conflicts(t, err, "slug")
			return nil
		}))
		_, err := s.RoomBySlug(ctx, "free", ada.ID)
		require.NoError(t, err)
		require.Equal(t, 3, count(t, s, "meet_resource"))
	})

	t.Run("an error takes them back with the rest", func(t *testing.T) {
		refused := errors.New("refused")
		require.ErrorIs(t, s.InTx(ctx, func(tx *store.Tx) error {
			_, err := create(tx, "back")
			require.NoError(t, err)
			return refused
		}), refused)
		require.Equal(t, 3, count(t, s, "meet_resource"))
	})
}
