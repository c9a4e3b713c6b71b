package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// racers is how many do the same thing at once.
const racers = 20

// race runs f that many times concurrently and returns what each got.
func race[T any](f func(i int) (T, error)) ([]T, []error) {
	got, errs := make([]T, racers), make([]error, racers)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range racers {
		wg.Go(func() {
			<-start
			got[i], errs[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	return got, errs
}

// oneWins requires that nobody failed and exactly one got true.
func oneWins(t *testing.T, f func(i int) (bool, error)) int {
	t.Helper()
	got, errs := race(f)
	winner := -1
	for i := range got {
		require.NoError(t, errs[i])
		if got[i] {
			require.Equal(t, -1, winner, "a second winner")
			winner = i
		}
	}
	require.NotEqual(t, -1, winner, "no winner")
	return winner
}

func concurrency(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada := account(t, s, "ada")

	t.Run("one creator of a slug wins", func(t *testing.T) {
		got, errs := race(func(int) (store.Room, error) {
			return s.CreateRoom(ctx, store.Room{Name: "c", Slug: "contested", AccessLevel: store.Public}, ada.ID)
		})
		var won []uuid.UUID
		for i, err := range errs {
			if err == nil {
				won = append(won, got[i].ID)
				continue
			}
			conflicts(t, err, "slug")
		}
		require.Len(t, won, 1)
		r, err := s.RoomBySlug(ctx, "contested", ada.ID)
		require.NoError(t, err)
		require.Equal(t, won[0], r.ID)
		require.Equal(t, 1, count(t, s, "meet_resource"), "the others left nothing")
	})

	t.Run("one creator of an account wins", func(t *testing.T) {
		_, errs := race(func(int) (store.User, error) { return s.CreateUser(ctx, store.User{Sub: ptr("contested")}) })
		lost := 0
		for _, err := range errs {
			if err != nil {
				conflicts(t, err, "sub")
				lost++
			}
		}
		require.Equal(t, racers-1, lost)
	})

	t.Run("one lock is taken, and one again when it ended", func(t *testing.T) {
		for round := range 3 {
			now := moment.Add(time.Duration(round) * time.Minute)
			end := now.Add(time.Minute)
			winner := oneWins(t, func(i int) (bool, error) {
				return s.KVPutIfAbsent(ctx, "n", "lock", fmt.Append(nil, i), &end, now)
			})
			got, err := s.KVGet(ctx, "n", "lock", now)
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(winner), string(got))
		}
		got, err := s.KVGet(ctx, "n", "lock", moment)
		require.NoError(t, err)
		oneWins(t, func(int) (bool, error) { return s.KVDeleteIf(ctx, "n", "lock", got) })
	})

	t.Run("one taker of a value gets it", func(t *testing.T) {
		require.NoError(t, s.KVPut(ctx, "n", "once", []byte("value"), nil))
		oneWins(t, func(int) (bool, error) {
			got, err := s.KVTake(ctx, "n", "once", moment)
			if errors.Is(err, store.ErrNotFound) {
				return false, nil
			}
			return string(got) == "value", err
		})
	})

	t.Run("one delivery of an event is new", func(t *testing.T) {
		oneWins(t, func(int) (bool, error) { return s.AddEvent(ctx, store.Event{ID: "EV", ReceivedAt: moment}) })
	})

	t.Run("one delivery is new within transactions", func(t *testing.T) {
		oneWins(t, func(int) (added bool, err error) {
			err = s.InTx(ctx, func(tx *store.Tx) (err error) {
				added, err = tx.AddEvent(ctx, store.Event{ID: "EV_TX", ReceivedAt: moment})
				return err
			})
			return added, err
		})
	})

	t.Run("everybody may save, read and migrate at once", func(t *testing.T) {
		_, errs := race(func(i int) (struct{}, error) {
			token := fmt.Sprint("t", i%3)
			if err := s.SaveSession(ctx, store.Session{Token: token, UserID: &ada.ID, ExpiresAt: moment.Add(time.Hour)}); err != nil {
				return struct{}{}, err
			}
			if _, err := s.LiveSessions(ctx, moment, token); err != nil {
				return struct{}{}, err
			}
			return struct{}{}, s.Migrate(ctx)
		})
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Equal(t, 3, count(t, s, "foyer_session"))
	})
}
