package recording_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/livekit"
	"foyer/core/store"
	"foyer/internal/dev/egressdev"
	"foyer/internal/dev/livekitdev"
)

// LiveKit waits for a worker to come forward before it says that there is none;
// the caller waits with it, 24 s, and has the contract's answer then.
func TestStart_where_nobody_records_fails_and_leaves_nothing(t *testing.T) {
	for name, process := range map[string]bool{"in process": false, "own process": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bare := livekitdev.StartT(t, livekitdev.Options{})
			w := open(t, setup{url: bare.URL, process: process})
			w.live = livekit.NewClient(bare.LiveKit())
			t.Cleanup(w.live.Close)
			w.join()
			begin := time.Now()
			is(t, w.call(w.ada, "start-recording", startVideo), http.StatusBadGateway, notStarted)
			t.Logf("told after %s", time.Since(begin))
			require.Less(t, time.Since(begin), livekit.StartTimeout, "LiveKit tells before our patience ends")
			r := w.newest()
			require.Equal(t, store.RecordingNotStarted, r.Status)
			require.Contains(t, r.Reason, "no response from servers")
			_, err := w.st.RecordingUnderWay(t.Context(), w.room.ID)
			require.ErrorIs(t, err, store.ErrNotFound, "the room is free")
			require.Empty(t, w.metadata())
			list, err := w.live.ListEgress(t.Context(), "", false)
			require.NoError(t, err)
			require.Empty(t, list)

			worker := egressdev.StartT(t, egressdev.Options{Redis: bare.RedisAddr()})
			w.start(startVideo)
			require.Len(t, worker.Requests(), 1, "the first one is not begun after all")
			w.stop()
		})
	}
}
