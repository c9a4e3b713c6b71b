package livekit_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// TestClient_grants_each_call_no_more_than_it_needs pins the grants of
// recording-summary-files.md 0.
func TestClient_grants_each_call_no_more_than_it_needs(t *testing.T) {
	var (
		mu  sync.Mutex
		got map[string]any
	)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, got = segments(t, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		got["path"] = r.URL.Path
	}))
	t.Cleanup(s.Close)
	c := livekit.NewClient(module.LiveKit{URL: s.URL, APIKey: "k", APISecret: secret})
	ctx := context.Background()
	admin := map[string]any{"room": "r", "roomAdmin": true}
	tests := map[string]struct {
		call  func() error
		grant map[string]any
	}{
		"RoomService/ListRooms": {func() error { _, err := c.ListRooms(ctx, "r"); return err }, map[string]any{"roomList": true}},
		"RoomService/UpdateRoomMetadata": {func() error {
			_, err := c.UpdateRoomMetadata(ctx, "r", json.RawMessage("{}"))
			return err
		}, admin},
		"RoomService/DeleteRoom":              {func() error { return c.DeleteRoom(ctx, "r") }, map[string]any{"roomCreate": true}},
		"RoomService/GetParticipant":          {func() error { _, err := c.GetParticipant(ctx, "r", "i"); return err }, admin},
		"RoomService/ListParticipants":        {func() error { _, err := c.ListParticipants(ctx, "r"); return err }, admin},
		"RoomService/MutePublishedTrack":      {func() error { return c.MuteTrack(ctx, "r", "i", "t") }, admin}, // the last of its two
		"RoomService/UpdateParticipant":       {func() error { return c.UpdateParticipant(ctx, "r", "i", livekit.ParticipantUpdate{}) }, admin},
		"RoomService/RemoveParticipant":       {func() error { return c.RemoveParticipant(ctx, "r", "i") }, admin},
		"RoomService/SendData":                {func() error { return c.SendData(ctx, "r", nil) }, admin},
		"RoomService/CreateRoom":              {func() error { return c.Reclaim(ctx, "r") }, map[string]any{"roomCreate": true}},
		"AgentDispatchService/ListDispatch":   {func() error { _, err := c.ListDispatch(ctx, "r"); return err }, admin},
		"AgentDispatchService/CreateDispatch": {func() error { _, err := c.CreateDispatch(ctx, "r", "a"); return err }, admin},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, test.call())
			mu.Lock()
			defer mu.Unlock()
			require.Equal(t, "/twirp/livekit."+name, got["path"])
			require.Equal(t, test.grant, got["video"])
			require.Equal(t, "k", got["iss"])
			require.LessOrEqual(t, got["exp"].(float64)-got["nbf"].(float64), 600.0)
		})
	}
}
