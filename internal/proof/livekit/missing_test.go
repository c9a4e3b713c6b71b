package livekit_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// Calls about a room that is not live answer in four different ways.
func TestCalls_about_a_missing_room_answer_in_four_ways(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)

	t.Run("nothing, and no error", func(t *testing.T) {
		rooms, err := c.ListRooms(ctx, "r")
		require.NoError(t, err)
		require.Empty(t, rooms)
		here, err := c.ListParticipants(ctx, "r")
		require.NoError(t, err)
		require.Empty(t, here)
	})
	t.Run("not found, at once", func(t *testing.T) {
		for name, call := range map[string]func() error{
			"GetParticipant":     func() error { _, err := c.GetParticipant(ctx, "r", "ada"); return err },
			"AskParticipant":     func() error { _, err := c.AskParticipant(ctx, "r", "ada"); return err },
			"UpdateParticipant":  func() error { return c.UpdateParticipant(ctx, "r", "ada", livekit.ParticipantUpdate{Name: "x"}) },
			"RemoveParticipant":  func() error { return c.RemoveParticipant(ctx, "r", "ada") },
			"MuteTrack":          func() error { return c.MuteTrack(ctx, "r", "ada", "TR_x") }, // looks the track up first
			"UpdateRoomMetadata": func() error { _, err := c.UpdateRoomMetadata(ctx, "r", json.RawMessage(`{}`)); return err },
			"DeleteRoom":         func() error { return c.DeleteRoom(ctx, "r") },
			"StartEgress":        func() error { _, err := c.StartEgress(ctx, livekit.Recording{Room: "r", Path: "x.mp4"}); return err },
		} {
			begin := time.Now()
			require.ErrorIs(t, call(), livekit.ErrNotFound, name)
			require.Less(t, time.Since(begin), silence, name)
		}
	})
	t.Run("no server has it, after a while", func(t *testing.T) {
		for name, call := range map[string]func() error{
			"SendData":       func() error { return c.SendData(ctx, "r", nil) },
			"ListDispatch":   func() error { _, err := c.ListDispatch(ctx, "r"); return err },
			"DeleteDispatch": func() error { return c.DeleteDispatch(ctx, "r", "AD_x") },
		} {
			begin := time.Now()
			require.ErrorIs(t, call(), livekit.ErrNoHost, name)
			require.GreaterOrEqual(t, time.Since(begin), silence, name)
		}
		alive, err := c.Hosted(ctx, "r")
		require.NoError(t, err)
		require.False(t, alive)
	})
	t.Run("the room is made", func(t *testing.T) {
		_, err := c.CreateDispatch(ctx, "r", "agent")
		require.NoError(t, err)
		rooms, err := c.ListRooms(ctx, "r")
		require.NoError(t, err)
		require.Len(t, rooms, 1)
	})
}

// silence is a little less than LiveKit waits for a server to answer.
const silence = 2900 * time.Millisecond
