package rooms_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// writer returns a Writer connected to the world's media server.
func (w *world) writer() *rooms.Writer {
	return rooms.NewWriter(rooms.WriterOptions{Store: w.st, Live: w.live, Meetings: &w.told, Log: slog.New(slog.NewTextHandler(w.logs, nil))})
}

// meeting starts a meeting in a room at a real media server; goesOn reports whether it
// is still going on.
func (w *world) meeting(c *livekit.Client, room store.Room) (goesOn func() bool) {
	w.Helper()
	_, err := c.CreateDispatch(w.Context(), room.ID.String(), "scribe") // makes the room live
	require.NoError(w.T, err)
	return func() bool {
		list, err := c.ListRooms(w.Context(), room.ID.String())
		require.NoError(w.T, err)
		return len(list) > 0
	}
}

func TestWriter_ends_meetings(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	live := livekit.NewClient(srv.LiveKit())
	t.Cleanup(live.Close)
	onBoth(t, func(w *world) {
		w.live = live
		kept := w.room("kept", store.Public)
		goesOn := w.meeting(live, kept)
		require.True(w.T, goesOn())
		for range 2 { // the second time nobody is there, which is fine
			require.NoError(w.T, w.writer().End(w.Context(), kept.ID))
			require.False(w.T, goesOn())
		}
		require.Equal(w.T, kept.UpdatedAt, w.stored(kept.ID).UpdatedAt, "its end does not change the room")
	})
}

func TestWriter_tells_of_a_deleted_room_or_does_not_delete_it(t *testing.T) {
	onBoth(t, func(w *world) {
		writer, ctx, room := w.writer(), w.Context(), w.room("r", store.Public)
		require.ErrorContains(w.T, writer.End(ctx, room.ID), "connection refused", "the media server is away")
		earlier := room.UpdatedAt.Add(-time.Microsecond)
		require.ErrorIs(w.T, writer.Delete(ctx, room.ID, &earlier), store.ErrChanged)
		require.Empty(w.T, w.told.deleted)
		w.told.err = errors.New("no queue")
		require.ErrorIs(w.T, writer.Delete(ctx, room.ID, nil), w.told.err)
		w.stored(room.ID) // still there
		w.told.err, w.told.deleted = nil, nil
		require.NoError(w.T, writer.Delete(ctx, room.ID, &room.UpdatedAt))
		require.Equal(w.T, []uuid.UUID{room.ID}, w.told.deleted)
		_, err := w.st.RoomByID(ctx, room.ID, uuid.Nil)
		require.ErrorIs(w.T, err, store.ErrNotFound)
		require.ErrorIs(w.T, writer.Delete(ctx, room.ID, nil), store.ErrNotFound)
		require.Len(w.T, w.told.deleted, 1)
	})
}

func TestUpdate_and_Delete_tell_of_rooms_that_close(t *testing.T) {
	onBoth(t, func(w *world) {
		r := w.room("r", store.Public)
		grace, path := w.as("grace"), "rooms/"+r.ID.String()+"/"
		for _, x := range []struct {
			body   string
			closes bool
		}{
			{`{"access_level":"public"}`, false}, {`{"access_level":"trusted"}`, true}, {`{"name":"other"}`, false},
			{`{"access_level":"restricted"}`, true}, {`{"access_level":"trusted"}`, false}, {`{"access_level":"restricted","name":"r"}`, true},
			{`{"access_level":"public"}`, false}, {`{"access_level":"restricted"}`, true},
		} {
			w.told.closed = nil
			require.Equal(w.T, 200, grace.do("PATCH", path, x.body).StatusCode)
			require.Equal(w.T, x.closes, len(w.told.closed) == 1, x.body)
		}
		w.told.err = errors.New("no queue")
		require.Equal(w.T, 200, grace.do("PATCH", path, `{"access_level":"public"}`).StatusCode)
		require.Equal(w.T, 500, grace.do("PATCH", path, `{"access_level":"trusted"}`).StatusCode)
		require.Equal(w.T, store.Public, w.stored(r.ID).AccessLevel)
		require.Equal(w.T, 500, grace.do("DELETE", path, "").StatusCode)
		w.told.err = nil
		require.Equal(w.T, 204, grace.do("DELETE", path, "").StatusCode)
	})
}
