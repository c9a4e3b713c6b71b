package rooms_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/livekit"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
)

// writer is one that tells the media server of the world.
func (w *world) writer() *rooms.Writer {
	return rooms.NewWriter(rooms.WriterOptions{Store: w.st, Live: w.live, Log: slog.New(slog.NewTextHandler(w.logs, nil))})
}

// meeting starts one in a room at a real media server and tells whether it
// goes on.
func (w *world) meeting(c *livekit.Client, room store.Room) (goesOn func() bool) {
	w.Helper()
	_, err := c.CreateDispatch(w.Context(), room.ID.String(), "scribe") // which makes the room live
	require.NoError(w.T, err)
	return func() bool {
		list, err := c.ListRooms(w.Context(), room.ID.String())
		require.NoError(w.T, err)
		return len(list) > 0
	}
}

func TestWriter_ends_the_meeting_of_a_room_with_it_or_alone(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	live := livekit.NewClient(srv.LiveKit())
	t.Cleanup(live.Close)
	onBoth(t, func(w *world) {
		w.live = live
		writer, ctx := w.writer(), w.Context()
		kept, gone := w.room("kept", store.Public), w.room("gone", store.Public)
		keptGoesOn, goneGoesOn := w.meeting(live, kept), w.meeting(live, gone)

		earlier := gone.UpdatedAt.Add(-time.Microsecond)
		require.ErrorIs(w.T, writer.Delete(ctx, gone.ID, &earlier), store.ErrChanged)
		require.True(w.T, goneGoesOn(), "what was not deleted goes on")
		require.NoError(w.T, writer.Delete(ctx, gone.ID, &gone.UpdatedAt))
		require.False(w.T, goneGoesOn())
		_, err := w.st.RoomByID(ctx, gone.ID, uuid.Nil)
		require.ErrorIs(w.T, err, store.ErrNotFound)
		require.ErrorIs(w.T, writer.Delete(ctx, gone.ID, nil), store.ErrNotFound)

		require.True(w.T, keptGoesOn())
		for range 2 { // nobody is there the second time, which is fine
			require.NoError(w.T, writer.End(ctx, kept.ID))
			require.False(w.T, keptGoesOn())
		}
		require.Equal(w.T, kept.UpdatedAt, w.stored(kept.ID).UpdatedAt, "its end does not change the room")
	})
}

func TestWriter_deletes_though_the_media_server_is_away(t *testing.T) {
	onBoth(t, func(w *world) {
		room := w.room("r", store.Public)
		require.ErrorContains(w.T, w.writer().End(w.Context(), room.ID), "connection refused")
		require.NotContains(w.T, w.logs.String(), "not ended")
		require.NoError(w.T, w.writer().Delete(w.Context(), room.ID, nil))
		_, err := w.st.RoomByID(w.Context(), room.ID, uuid.Nil)
		require.ErrorIs(w.T, err, store.ErrNotFound)
		require.Contains(w.T, w.logs.String(), "meeting of a deleted room not ended")
	})
}
