package recording_test

import (
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/internal/dev/egressdev"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// LiveKit waits for a worker to come forward before it says that there is none; the
// caller waits with it, for 24 s, and then gets the contract's answer.
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

// Without Redis, LiveKit cannot have a worker. It says so when asked, yet keeps a start
// waiting all the same.
func TestStart_warns_when_LiveKit_cannot_record_at_all(t *testing.T) {
	alone := livekitdev.StartT(t, livekitdev.Options{NoRedis: true})
	for name, process := range map[string]bool{"in process": false, "own process": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &paper{}
			w := open(t, setup{
				url: alone.URL, process: process, config: "patience: {start: 1s}\n", log: slog.New(slog.NewTextHandler(log, nil)),
			})
			require.Eventually(t, func() bool { return strings.Contains(log.String(), "recordings are offered and cannot be made") }, waitLong, waitShort)
			w.live = livekit.NewClient(alone.LiveKit())
			t.Cleanup(w.live.Close)
			w.join()
			is(t, w.call(w.ada, "start-recording", startVideo), http.StatusBadGateway, notStarted)
			require.Eventually(t, func() bool { return !w.newest().Unresolved }, waitLong, waitShort, "nothing is left to be done")
			require.Equal(t, store.RecordingNotStarted, w.newest().Status)
			w.nothingFailed()
		})
	}
}

// The check waits for LiveKit; starting and stopping the gateway do not.
func TestStart_waits_for_no_LiveKit(t *testing.T) {
	deaf, err := net.Listen("tcp", "127.0.0.1:0") // accepts connections but never answers
	require.NoError(t, err)
	t.Cleanup(func() { _ = deaf.Close() })
	log := &paper{}
	t.Run("a gateway", func(t *testing.T) { // which ends with it
		begin := time.Now()
		open(t, setup{url: "ws://" + deaf.Addr().String(), log: slog.New(slog.NewTextHandler(log, nil))})
		t.Cleanup(func() {
			require.Less(t, time.Since(begin), time.Minute, "the question, which goes on for two minutes, was not waited for")
		})
	})
	require.NotContains(t, log.String(), "cannot be made", "nobody knows")
}
