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

	t.Run("those of some names are found since a time", func(t *testing.T) {
		since := moment.Add(time.Hour)
		for id, e := range map[string]store.Event{
			"before": {Name: "left", ReceivedAt: since.Add(-time.Microsecond)},
			"then":   {Name: "left", ReceivedAt: since, Room: "r", Body: []byte("{}")},
			"after":  {Name: "aborted", ReceivedAt: since.Add(time.Hour), Body: []byte("[]")},
			"other":  {Name: "joined", ReceivedAt: since},
		} {
			e.ID = id
			_, err := s.AddEvent(ctx, e)
			require.NoError(t, err)
		}
		list, err := s.EventsSince(ctx, since, "left", "aborted")
		require.NoError(t, err)
		require.ElementsMatch(t, []store.Event{
			{ID: "then", Name: "left", Room: "r", ReceivedAt: since.UTC().Truncate(time.Microsecond), Body: []byte("{}")},
			{ID: "after", Name: "aborted", ReceivedAt: since.Add(time.Hour).UTC().Truncate(time.Microsecond), Body: []byte("[]")},
		}, list)
		list, err = s.EventsSince(ctx, since)
		require.NoError(t, err)
		require.Empty(t, list)
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
