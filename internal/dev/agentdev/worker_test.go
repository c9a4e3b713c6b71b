package agentdev_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/agentdev"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

func TestWorker_receives_dispatched_jobs_and_joins_their_rooms(t *testing.T) {
	ctx := context.Background()
	srv := livekitdev.StartT(t, livekitdev.Options{})
	w := agentdev.StartT(t, agentdev.Options{URL: srv.URL, Key: srv.Key, Secret: srv.Secret, Agent: "scribe"})
	c := livekit.NewClient(srv.LiveKit())

	d, err := c.CreateDispatch(ctx, "room-1", "scribe")
	require.NoError(t, err)
	j := w.Next(t)
	require.NoError(t, j.JoinErr)
	require.Equal(t, "room-1", j.Room)
	require.Equal(t, "scribe", j.Agent)
	require.Equal(t, d.ID, j.DispatchID)
	require.Empty(t, j.Metadata)
	require.NotEmpty(t, j.Token)

	w.Stop()
	w.Stop()
	_, open := <-w.Jobs()
	require.False(t, open)
}

func TestStart_refuses_a_wrong_secret(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	_, err := agentdev.Start(context.Background(), agentdev.Options{
		URL: srv.URL, Key: srv.Key, Secret: "another-secret-of-thirty-two-chars", Agent: "scribe"})
	require.Error(t, err)
}
