package storetest

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// recording stores an initiated recording of the room.
func recording(t *testing.T, s *store.Store, room, owner uuid.UUID) store.Recording {
	t.Helper()
	r, err := s.CreateRecording(t.Context(), store.Recording{RoomID: room, Mode: store.ScreenRecording}, owner)
	require.NoError(t, err)
	return r
}

// at brings a fresh recording of a fresh room to the status, by writes that the
// replaced server could have made.
func at(t *testing.T, s *store.Store, owner uuid.UUID, status store.RecordingStatus) store.Recording {
	t.Helper()
	r := recording(t, s, room(t, s, uuid.NewString(), owner).ID, owner)
	execute(t, s, `UPDATE meet_recording SET status = '`+string(status)+`' WHERE id = '`+r.ID.String()+`'`)
	r, err := s.RecordingByID(t.Context(), r.ID)
	require.NoError(t, err)
	return r
}

func recordings(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada, grace := account(t, s, "ada"), account(t, s, "grace")
	r := room(t, s, "r", ada.ID)

	t.Run("the creator owns it, and a room has one at a time", func(t *testing.T) {
		got, err := s.CreateRecording(ctx, store.Recording{
			RoomID: r.ID, Mode: store.Transcript, Options: json.RawMessage(`{"language":"fr"}`),
		}, ada.ID)
		require.NoError(t, err)
		stored, err := s.RecordingByID(ctx, got.ID)
		require.NoError(t, err)
		require.JSONEq(t, `{"language":"fr"}`, string(stored.Options))
		got.Options = stored.Options // spaces differ
		require.Equal(t, got, stored)
		require.Equal(t, store.RecordingInitiated, stored.Status)
		owners, err := s.RecordingOwners(ctx, got.ID)
		require.NoError(t, err)
		require.Len(t, owners, 1)
		require.Equal(t, ada.ID, owners[0].ID)

		for range 2 {
			_, err = s.CreateRecording(ctx, store.Recording{RoomID: r.ID, Mode: store.Transcript}, grace.ID)
			conflicts(t, err, "recording")
			_, _, err = s.MoveRecording(ctx, got.ID, store.RecordingMove{To: store.RecordingActive, WorkerID: "EG_1"})
			require.NoError(t, err)
		}
		require.Equal(t, 1, count(t, s, "meet_recording"))
		require.Equal(t, 1, count(t, s, "meet_recording_access"))
		under, err := s.RecordingUnderWay(ctx, r.ID)
		require.NoError(t, err)
		require.Equal(t, got.ID, under.ID)
		_, _, err = s.MoveRecording(ctx, got.ID, store.RecordingMove{To: store.RecordingStopped})
		require.NoError(t, err)
		_, err = s.RecordingUnderWay(ctx, r.ID)
		require.ErrorIs(t, err, store.ErrNotFound)
		recording(t, s, r.ID, grace.ID)
	})

	t.Run("of many that start at once one does", func(t *testing.T) {
		busy := room(t, s, "busy", ada.ID)
		errs := make([]error, 20)
		var starts sync.WaitGroup
		for i := range errs {
			starts.Go(func() {
				_, errs[i] = s.CreateRecording(ctx, store.Recording{RoomID: busy.ID, Mode: store.ScreenRecording}, ada.ID)
			})
		}
		starts.Wait()
		started := 0
		for _, err := range errs {
			if err == nil {
				started++
				continue
			}
			conflicts(t, err, "recording")
		}
		require.Equal(t, 1, started)
	})

	t.Run("it is found by what others call it", func(t *testing.T) {
		one := recording(t, s, room(t, s, "found", ada.ID).ID, ada.ID)
		_, err := s.RecordingByWorker(ctx, "EG_found")
		require.ErrorIs(t, err, store.ErrNotFound)
		_, _, err = s.MoveRecording(ctx, one.ID, store.RecordingMove{To: store.RecordingActive, WorkerID: "EG_found"})
		require.NoError(t, err)
		by, err := s.RecordingByWorker(ctx, "EG_found")
		require.NoError(t, err)
		require.Equal(t, one.ID, by.ID)
		_, err = s.RecordingByProcess(ctx, "p")
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = s.RecordingByID(ctx, uuid.New())
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("it is deleted by whom the rule allows, with all that hangs on it", func(t *testing.T) {
		refusal := errors.New("refused")
		one := at(t, s, ada.ID, store.RecordingSaved)
		require.NoError(t, s.AddRecordingNotices(ctx, one.ID, "summary"))
		require.ErrorIs(t, s.DeleteRecording(ctx, one.ID, func(r store.Recording) error {
			require.Equal(t, store.RecordingSaved, r.Status)
			return refusal
		}), refusal)
		require.NoError(t, s.DeleteRecording(ctx, one.ID, func(store.Recording) error { return nil }))
		require.ErrorIs(t, s.DeleteRecording(ctx, one.ID, func(store.Recording) error { return nil }), store.ErrNotFound)
		require.Zero(t, count(t, s, "foyer_recording_notice"))
	})

	t.Run("it goes with its room", func(t *testing.T) {
		gone := room(t, s, "gone", ada.ID)
		one := recording(t, s, gone.ID, ada.ID)
		_, _, err := s.MoveRecording(ctx, one.ID, store.RecordingMove{To: store.RecordingActive, WorkerID: "EG_gone"})
		require.NoError(t, err)
		require.NoError(t, s.DeleteRoom(ctx, gone.ID))
		_, err = s.RecordingByID(ctx, one.ID)
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}
