package livekitdev_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

func TestStart_serves_on_loopback_and_several_at_once(t *testing.T) {
	ctx := context.Background()
	a, b := livekitdev.StartT(t, livekitdev.Options{}), livekitdev.StartT(t, livekitdev.Options{})
	require.NotEqual(t, a.URL, b.URL)
	for _, s := range []*livekitdev.Server{a, b} {
		c := livekit.NewClient(s.LiveKit())
		_, err := c.CreateDispatch(ctx, "room", "agent")
		require.NoError(t, err)
		rooms, err := c.ListRooms(ctx)
		require.NoError(t, err)
		require.Len(t, rooms, 1, "each server knows its own rooms only")
		c.Close()
	}
}

func TestStop_frees_the_port_and_can_be_repeated(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	s, err := livekitdev.Start(ctx, livekitdev.Options{})
	require.NoError(t, err)
	s.Stop()
	s.Stop()
	_, err = http.Get(s.HTTPURL())
	require.Error(t, err)
}

func TestStart_refuses_a_port_in_use(t *testing.T) {
	a := livekitdev.StartT(t, livekitdev.Options{})
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var port int
	for _, r := range a.URL[len("ws://127.0.0.1:"):] {
		port = port*10 + int(r-'0')
	}
	_, err := livekitdev.Start(ctx, livekitdev.Options{Port: port})
	require.Error(t, err)
}

func TestServer_comes_back_where_it_was(t *testing.T) {
	s := livekitdev.StartT(t, livekitdev.Options{})
	url := s.URL
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, s.Restart(ctx))
	require.Equal(t, url, s.URL)
	c := livekit.NewClient(s.LiveKit())
	defer c.Close()
	_, err := c.ListRooms(t.Context())
	require.NoError(t, err)
}
