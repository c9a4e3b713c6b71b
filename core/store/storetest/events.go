package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func events(t *testing.T, s *store.Store) {
	ctx := t.Context()

	t.Run("an event is stored once and stays as it was", func(t *testing.T) {
		want := store.Event{ID: "EV_1", Name: "room_started", Room: "会議", ReceivedAt: moment.Add(999 * time.Nanosecond), Body: []byte("{ \"a\":1}\x00")}
		added, err := s.AddEvent(ctx, want)
		require.NoError(t, err)
		require.True(t, added)
		again := want
		again.Name, again.Body = "room_finished", nil
		added, err = s.AddEvent(ctx, again)
		require.NoError(t, err)
		require.False(t, added)
		got, err := s.EventByID(ctx, "EV_1")
		require.NoError(t, err)
		want.ReceivedAt = moment.UTC()
		require.Equal(t, want, got)
	})

	t.Run("an event may be empty", func(t *testing.T) {
		added, err := s.AddEvent(ctx, store.Event{ID: "EV_0", ReceivedAt: moment})
		require.NoError(t, err)
		require.True(t, added)
		got, err := s.EventByID(ctx, "EV_0")
		require.NoError(t, err)
		require.Empty(t, got.Body)
	})

	t.Run("an unknown event is not found", func(t *testing.T) {
		_, err := s.EventByID(ctx, "ev_1")
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("those received before a time go", func(t *testing.T) {
		for id, at := range map[string]time.Time{
			"past": moment.Add(-time.Microsecond), "whole": moment.Truncate(time.Second), "later": moment.Add(time.Microsecond),
		} {
			_, err := s.AddEvent(ctx, store.Event{ID: id, ReceivedAt: at})
			require.NoError(t, err)
		}
		n, err := s.DeleteEventsBefore(ctx, moment, 10)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		_, err = s.EventByID(ctx, "whole")
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = s.EventByID(ctx, "EV_1")
		require.NoError(t, err, "received at that very time")
	})
}
