package livekit_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// haunted makes a server die with somebody in a room and come back: its Redis still
// lists them.
func haunted(t *testing.T, srv *livekitdev.Server, room string) {
	t.Helper()
	ada := join(t, srv, room, "ada", nil)
	srv.Crash()
	ada.Disconnect() // otherwise the client would be back at once
	require.NoError(t, srv.Return(t.Context()))
}

func TestGhosts_of_a_server_that_died_are_listed_and_answer_nobody(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	id := uuid.New()
	room := id.String()
	haunted(t, srv, room)

	list, err := c.ListRooms(ctx, room)
	require.NoError(t, err)
	require.Len(t, list, 1, "the list has the room")
	here, err := c.ListParticipants(ctx, room)
	require.NoError(t, err)
	require.NotEmpty(t, here, "with those who were in it")
	ada, err := c.GetParticipant(ctx, room, "ada")
	require.NoError(t, err)
	require.False(t, ada.Disconnected)

	alive, err := c.Hosted(ctx, room)
	require.NoError(t, err)
	require.False(t, alive)
	for name, call := range map[string]func() error{
		"ask":    func() error { _, err := c.AskParticipant(ctx, room, "ada"); return err },
		"update": func() error { return c.UpdateParticipant(ctx, room, "ada", livekit.ParticipantUpdate{Name: "x"}) },
		"mute":   func() error { return c.MuteTrack(ctx, room, "ada", "TR_x") },
		"remove": func() error { return c.RemoveParticipant(ctx, room, "ada") },
		"data":   func() error { return c.SendData(ctx, room, nil) },
	} {
		err := call()
		require.ErrorIs(t, err, livekit.ErrNoHost, name)
		require.ErrorIs(t, err, livekit.ErrUnavailable, name)
	}
	live, err := livekit.NewMetadata(c, &sharedKV{values: map[string]string{}}).Merge(ctx, id, map[string]json.RawMessage{"a": json.RawMessage(`1`)})
	require.NoError(t, err)
	require.False(t, live, "there is nobody to see the metadata")
}

// gone waits until the room is no longer listed.
func gone(t *testing.T, c *livekit.Client, room string) {
	t.Helper()
	require.Eventually(t, func() bool {
		list, err := c.ListRooms(t.Context(), room)
		return err == nil && len(list) == 0
	}, waitLong, waitShort)
}

// reclaimed retries as long as the dead server counts as alive.
func reclaimed(t *testing.T, call func() error) {
	t.Helper()
	require.Eventually(t, func() bool { return call() == nil }, waitLong, waitShort)
}

func TestGhosts_are_laid_by_Reclaim_and_by_DeleteRoom(t *testing.T) {
	for name, lay := range map[string]func(c *livekit.Client) error{
		"reclaim": func(c *livekit.Client) error { return c.Reclaim(t.Context(), "r") },
		"delete":  func(c *livekit.Client) error { return c.DeleteRoom(t.Context(), "r") },
	} {
		t.Run(name, func(t *testing.T) {
			box := newInbox(t)
			srv := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.url}})
			c := livekit.NewClient(srv.LiveKit())
			t.Cleanup(c.Close)
			haunted(t, srv, "r")
			was := box.await("room_started").GetRoom().GetSid()
			reclaimed(t, func() error { return lay(c) })
			gone(t, c, "r")
			require.Equal(t, was, box.await("room_finished").GetRoom().GetSid(), "it is the same meeting")
			here, err := c.ListParticipants(t.Context(), "r")
			require.NoError(t, err)
			require.Empty(t, here)
		})
	}
}

func TestReclaim_leaves_a_meeting_that_goes_on(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	join(t, srv, "r", "grace", nil)
	require.NoError(t, c.Reclaim(ctx, "r"))
	time.Sleep(3 * time.Second) // longer than the room would have lasted
	_, err := c.AskParticipant(ctx, "r", "grace")
	require.NoError(t, err)

	haunted(t, srv, "s")
	reclaimed(t, func() error { return c.Reclaim(ctx, "s") })
	join(t, srv, "s", "grace", nil) // into this room, or into the next of that name
	alive, err := c.Hosted(ctx, "s")
	require.NoError(t, err)
	require.True(t, alive)
}

func TestGhosts_stay_beside_those_who_are_back(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	haunted(t, srv, "r")
	join(t, srv, "r", "grace", nil)
	alive, err := c.Hosted(ctx, "r")
	require.NoError(t, err)
	require.True(t, alive, "the meeting goes on")
	list, err := c.ListParticipants(ctx, "r")
	require.NoError(t, err)
	require.Len(t, list, 2)
	_, err = c.AskParticipant(ctx, "r", "ada")
	require.ErrorIs(t, err, livekit.ErrNoHost)
	_, err = c.AskParticipant(ctx, "r", "grace")
	require.NoError(t, err)
	require.Eventually(t, func() bool { // the count is of those who are there
		rooms, err := c.ListRooms(ctx, "r")
		return err == nil && len(rooms) == 1 && rooms[0].Participants == 1
	}, waitLong, waitShort)
}
