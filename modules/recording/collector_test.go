package recording_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/livekit"
)

// collectors returns the collector's dispatches in the room.
func (w *world) collectors(agent string) ([]livekit.Dispatch, error) {
	list, err := w.live.ListDispatch(w.Context(), w.room.ID.String())
	return slices.DeleteFunc(list, func(d livekit.Dispatch) bool { return d.AgentName != agent }), err
}

func dispatchOf(t *testing.T, r store.Recording) string {
	t.Helper()
	var o struct {
		ID string `json:"metadata_collector_dispatch_id"`
	}
	require.NoError(t, json.Unmarshal(r.Options, &o))
	return o.ID
}

func TestCollector_comes_and_goes_with_a_recording_that_asks_for_it(t *testing.T) {
	section := config.Default().Recordings
	section.Collector.Enabled, section.Collector.AgentName = true, "note-taker"
	w := open(t, setup{section: section})
	w.join()
	r := w.start(`{"mode":"transcript","options":{"collect_metadata":true}}`)
	require.Eventually(t, func() bool {
		now, err := w.st.RecordingByID(t.Context(), r.ID)
		if err != nil {
			return false
		}
		r = now
		return dispatchOf(t, r) != ""
	}, waitLong, waitShort)
	there, err := w.collectors("note-taker")
	require.NoError(t, err)
	require.Len(t, there, 1)
	require.Equal(t, r.ID.String(), there[0].Metadata)
	require.Equal(t, dispatchOf(t, r), there[0].ID)
	w.stop()
	require.Eventually(t, func() bool {
		there, err := w.collectors("note-taker")
		return err == nil && len(there) == 0
	}, waitLong, waitShort)
}

func TestCollector_stays_away_unless_it_is_asked_for_and_on(t *testing.T) {
	on := config.Default().Recordings
	on.Collector.Enabled = true
	for name, x := range map[string]struct {
		section config.Recordings
		body    string
	}{
		"off":       {config.Default().Recordings, `{"mode":"transcript","options":{"collect_metadata":true}}`},
		"not asked": {on, `{"mode":"transcript"}`},
		"refused":   {on, `{"mode":"transcript","options":{"collect_metadata":false}}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, setup{section: x.section})
			w.join()
			require.Equal(t, http.StatusCreated, w.call(w.ada, "start-recording", x.body).Status)
			require.Zero(t, w.jobs()[w.newest().ID]["collect"])
			there, err := w.collectors("metadata-collector")
			require.NoError(t, err)
			require.Empty(t, there)
		})
	}
}
