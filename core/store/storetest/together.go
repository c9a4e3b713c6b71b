package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// readsAtOnce: reads that come together are each answered for themselves, whatever
// becomes of the others, and see what was stored before they came.
func readsAtOnce(t *testing.T, s *store.Store) {
	ada := account(t, s, "ada")
	var made []store.Room
	for i := range 10 {
		made = append(made, room(t, s, fmt.Sprint("room-", i), ada.ID))
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	var reading sync.WaitGroup
	for i := range 40 * racers {
		reading.Go(func() {
			r := made[i%len(made)]
			switch i % 5 {
			case 0:
				got, err := s.RoomByID(t.Context(), r.ID, ada.ID)
				if err != nil || got.ID != r.ID || got.Name != r.Name || got.Role != store.Owner {
					t.Errorf("a room by its id: %v %v", got, err)
				}
			case 1:
				if _, err := s.RoomByID(t.Context(), uuid.New(), ada.ID); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("a room that does not exist: %v", err)
				}
			case 2:
				if _, err := s.RoomBySlug(gone, r.Slug, uuid.Nil); !errors.Is(err, context.Canceled) {
					t.Errorf("a caller who has left: %v", err)
				}
			case 3: // the engines refuse it, on PostgreSQL together with what it was sent with
				if _, err := s.RoomBySlug(t.Context(), "no\x00slug", uuid.Nil); !errors.Is(err, store.ErrInvalid) {
					t.Errorf("a name that cannot be: %v", err)
				}
			case 4:
				token := uuid.NewString()
				session := store.Session{Token: token, UserID: &ada.ID, Data: []byte("d"), ExpiresAt: time.Now().Add(time.Hour)}
				if err := s.SaveSession(t.Context(), session); err != nil {
					t.Errorf("save a session: %v", err)
				}
				if live, err := s.LiveSessions(t.Context(), time.Now(), token); err != nil || live[token].User.ID != ada.ID {
					t.Errorf("a session just saved: %v %v", live, err)
				}
				if err := s.DeleteSession(t.Context(), token); err != nil {
					t.Errorf("end a session: %v", err)
				}
				if live, err := s.LiveSessions(t.Context(), time.Now(), token); err != nil || len(live) > 0 {
					t.Errorf("a session just ended: %v %v", live, err)
				}
			}
		})
	}
	reading.Wait()
}

func eventsTogether(t *testing.T, s *store.Store) {
	ctx := t.Context()
	many := func(from, to int) (list []store.Event) {
		for i := from; i < to; i++ {
			list = append(list, store.Event{ID: fmt.Sprint("EV_", i), Name: "n", Room: "r", ReceivedAt: time.Now(), Body: []byte(strings.Repeat("x", i))})
		}
		return list
	}
	for _, x := range []struct{ from, to, added int }{{0, 1, 1}, {0, 3, 2}, {0, 200, 197}, {0, 200, 0}, {199, 202, 2}, {5, 5, 0}} {
		added, err := s.AddEvents(ctx, many(x.from, x.to)...)
		require.NoError(t, err)
		require.Len(t, added, x.added)
	}
	for _, i := range []int{0, 63, 64, 65, 201} {
		e, err := s.EventByID(ctx, fmt.Sprint("EV_", i))
		require.NoError(t, err)
		require.Len(t, e.Body, i)
	}
	t.Run("an event that is named twice is added once", func(t *testing.T) {
		added, err := s.AddEvents(ctx, append(many(300, 302), many(300, 303)...)...)
		require.NoError(t, err)
		require.Equal(t, map[string]bool{"EV_300": true, "EV_301": true, "EV_302": true}, added)
	})
	t.Run("one that cannot be stored leaves none", func(t *testing.T) {
		list := many(400, 500)
		list[99].Room = "no\x00room"
		_, err := s.AddEvents(ctx, list...)
		require.ErrorIs(t, err, store.ErrInvalid)
		_, err = s.EventByID(ctx, "EV_400")
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}
