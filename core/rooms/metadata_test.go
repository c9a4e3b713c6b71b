package rooms_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// counted is a client of a real server that counts its calls.
type counted struct {
	*livekit.Client
	lists, updates atomic.Int32
}

func (c *counted) ListRooms(ctx context.Context, names ...string) ([]livekit.Room, error) {
	c.lists.Add(1)
	return c.Client.ListRooms(ctx, names...)
}

func (c *counted) UpdateRoomMetadata(ctx context.Context, room string, metadata json.RawMessage) (livekit.Room, error) {
	c.updates.Add(1)
	return c.Client.UpdateRoomMetadata(ctx, room, metadata)
}

func TestSync_merges_into_the_metadata_of_a_live_room(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	live := &counted{Client: livekit.NewClient(srv.LiveKit())}
	t.Cleanup(live.Close)
	w := newWorld(t, func(w *world) { w.live = live })
	room := w.room("r", store.Public)
	ctx := context.Background()
	id := room.ID.String()
	_, err := live.CreateDispatch(ctx, id, "scribe") // makes the room live
	require.NoError(t, err)
	metadata := func() string {
		list, err := live.Client.ListRooms(ctx, id)
		require.NoError(t, err)
		require.Len(t, list, 1)
		return list[0].Metadata
	}
	others := func(text string) { // they write, and LiveKit shows it a moment later
		_, err := live.Client.UpdateRoomMetadata(ctx, id, json.RawMessage(text))
		require.NoError(t, err)
		require.Eventually(t, func() bool { return metadata() == text }, time.Minute, time.Millisecond)
	}
	others(`{"recording_status":"started","access_level":"old"}`)
	patch := func(text string) {
		require.Equal(t, 200, w.as("grace").do("PATCH", "rooms/"+id+"/", text).StatusCode)
	}
	for _, text := range []string{`{"name":"r2"}`, `{"configuration":{}}`, `{"access_level":"public"}`, `{"configuration": { } ,"name":"r"}`} {
		patch(text)
	}
	require.Zero(t, live.lists.Load(), "nothing that matters changed")

	patch(`{"configuration":{"everyone_can_mute":"no"}}`)
	require.JSONEq(t, `{"recording_status":"started","configuration":{"everyone_can_mute":"no"},"access_level":"public"}`, metadata())
	patch(`{"access_level":"restricted"}`)
	require.JSONEq(t, `{"recording_status":"started","configuration":{"everyone_can_mute":"no"},"access_level":"restricted"}`, metadata())
	require.EqualValues(t, 2, live.updates.Load())

	others(`[1]`)
	patch(`{"access_level":"trusted"}`)
	require.JSONEq(t, `{"configuration":{"everyone_can_mute":"no"},"access_level":"trusted"}`, metadata())

	absent := w.room("absent", store.Public)
	require.Equal(t, 200, w.as("grace").do("PATCH", "rooms/absent/", `{"access_level":"trusted"}`).StatusCode)
	require.Equal(t, store.Trusted, w.stored(absent.ID).AccessLevel)
	require.EqualValues(t, 3, live.updates.Load(), "a room that is not live has no metadata")
}

// Calls may take an hour here: the answer does not wait for them.
func TestSync_failures_are_logged_and_change_nothing_else(t *testing.T) {
	end := make(chan struct{})
	hung := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-end }))
	t.Cleanup(hung.Close)
	t.Cleanup(func() { close(end) })
	for name, url := range map[string]string{"refused": closedPort(t), "hung": hung.URL} {
		t.Run(name, func(t *testing.T) {
			c := livekit.NewClient(module.LiveKit{URL: url, APIKey: apiKey, APISecret: conf.NewSecret(apiSecret)}, livekit.WithTimeout(time.Hour))
			t.Cleanup(c.Close)
			w := newWorld(t, func(w *world) { w.live = c })
			room := w.room("r", store.Public)
			a := w.as("grace").do("PATCH", "rooms/r/", `{"access_level":"restricted"}`)
			require.Equal(t, 200, a.StatusCode)
			require.Equal(t, store.Restricted, w.stored(room.ID).AccessLevel)
			require.Contains(t, w.logs.String(), "room metadata not synchronised")
			require.NotContains(t, w.logs.String(), apiSecret)
		})
	}
}
