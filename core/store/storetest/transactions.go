package storetest

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func transactions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	absent := func(t *testing.T, sub string) {
		t.Helper()
		_, err := s.UserBySub(ctx, sub)
		require.ErrorIs(t, err, store.ErrNotFound)
	}

	t.Run("all of it is stored, and seen inside before", func(t *testing.T) {
		require.NoError(t, s.InTx(ctx, func(tx *store.Tx) error {
			u, err := tx.CreateUser(ctx, store.User{Sub: ptr("in")})
			require.NoError(t, err)
			require.NoError(t, tx.KVPut(ctx, "n", "k", []byte("v"), nil))
			got, err := tx.UserBySub(ctx, "in")
			require.NoError(t, err)
			require.Equal(t, u, got)
			absent(t, "in") // outside
			return nil
		}))
		_, err := s.UserBySub(ctx, "in")
		require.NoError(t, err)
		_, err = s.KVGet(ctx, "n", "k", moment)
		require.NoError(t, err)
	})

	t.Run("an error takes everything back and is returned", func(t *testing.T) {
		refused := errors.New("refused")
		err := s.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.CreateUser(ctx, store.User{Sub: ptr("failed")})
			require.NoError(t, err)
			return refused
		})
		require.ErrorIs(t, err, refused)
		absent(t, "failed")
	})

	t.Run("what follows a commit follows no failure", func(t *testing.T) {
		var followed []string
		follow := func(name string, failure error) error {
			return s.InTx(ctx, func(tx *store.Tx) error {
				_, err := tx.CreateUser(ctx, store.User{Sub: ptr("followed-" + name)})
				require.NoError(t, err)
				tx.AfterCommit(func() {
					_, err := s.UserBySub(ctx, "followed-"+name)
					require.NoError(t, err, "it is stored by then")
					followed = append(followed, name)
				})
				tx.AfterCommit(func() { followed = append(followed, "then") })
				return failure
			})
		}
		require.NoError(t, follow("one", nil))
		require.Error(t, follow("two", errors.New("refused")))
		require.Equal(t, []string{"one", "then"}, followed)
	})

	t.Run("a panic takes everything back and goes on", func(t *testing.T) {
		require.PanicsWithValue(t, "boom", func() {
			_ = s.InTx(ctx, func(tx *store.Tx) error {
				_, err := tx.CreateUser(ctx, store.User{Sub: ptr("panicked")})
				require.NoError(t, err)
				panic("boom")
			})
		})
		absent(t, "panicked")
		account(t, s, "after-panic") // the connection is free and clean
	})

	t.Run("a conflict inside is named outside, once", func(t *testing.T) {
		err := s.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.CreateUser(ctx, store.User{Sub: ptr("in")})
			return err
		})
		conflicts(t, err, "sub")
		require.Regexp(t, `^create user: conflict on sub: `, err.Error())
	})
}

func cancellation(t *testing.T, s *store.Store) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	ada := account(t, s, "ada")

	t.Run("who has left is not served", func(t *testing.T) {
		for name, f := range map[string]func() error{
			"read":  func() error { _, err := s.UserBySub(gone, "ada"); return err },
			"list":  func() error { _, _, err := s.RoomsOf(gone, ada.ID, 1, 0); return err },
			"write": func() error { _, err := s.CreateUser(gone, store.User{Sub: ptr("late")}); return err },
			"room": func() error {
				_, err := s.CreateRoom(gone, store.Room{Name: "l", Slug: "l", AccessLevel: store.Public}, ada.ID)
				return err
			},
			"begin":   func() error { return s.InTx(gone, func(*store.Tx) error { return nil }) },
			"check":   func() error { return s.Check(gone) },
			"migrate": func() error { return s.Migrate(gone) },
		} {
			require.ErrorIs(t, f(), context.Canceled, name)
		}
		_, err := s.UserBySub(t.Context(), "late")
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	for name, after := range map[string]func(tx *store.Tx) error{
		"": func(*store.Tx) error { return nil },
		" and is told when it was long ago": func(tx *store.Tx) error {
			if tx.SQL() != nil { // which ends without being asked
				require.Eventually(t, func() bool {
					_, err := tx.SQL().ExecContext(t.Context(), `SELECT 1`)
					return errors.Is(err, sql.ErrTxDone)
				}, 60*time.Second, time.Millisecond)
			}
			return nil
		},
		" and what comes after": func(tx *store.Tx) error {
			_, err := tx.CreateUser(gone, store.User{Sub: ptr("later")})
			return err
		},
	} {
		t.Run("leaving within a transaction takes it back"+name, func(t *testing.T) {
			ctx, leave := context.WithCancel(t.Context())
			err := s.InTx(ctx, func(tx *store.Tx) error {
				_, err := tx.CreateUser(ctx, store.User{Sub: ptr("left")})
				require.NoError(t, err)
				leave()
				return after(tx)
			})
			require.ErrorIs(t, err, context.Canceled)
			_, err = s.UserBySub(t.Context(), "left")
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	}

	t.Run("a wait for another's lock ends with the deadline", func(t *testing.T) {
		require.NoError(t, s.InTx(t.Context(), func(tx *store.Tx) error {
			require.NoError(t, tx.KVPut(t.Context(), "n", "held", []byte("inside"), nil))
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			require.ErrorIs(t, s.KVPut(ctx, "n", "held", []byte("outside"), nil), context.DeadlineExceeded)
			return nil
		}))
		// Whether the late statement still took effect is up to the engine.
		_, err := s.KVGet(t.Context(), "n", "held", moment)
		require.NoError(t, err)
	})
}
