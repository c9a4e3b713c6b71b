package recording_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/internal/dev/egressdev"
	"foyer/internal/dev/livekitdev"
)

// audience is somebody in the room who notes the messages to everybody.
type audience struct {
	mu    sync.Mutex
	heard []map[string]any
}

func (w *world) audience() *audience {
	w.Helper()
	a := &audience{}
	callback := lksdk.NewRoomCallback()
	callback.OnDataPacket = func(p lksdk.DataPacket, _ lksdk.DataReceiveParams) {
		user, ok := p.(*lksdk.UserDataPacket)
		var m map[string]any
		if !ok || json.Unmarshal(user.Payload, &m) != nil {
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.heard = append(a.heard, m)
	}
	room, err := lksdk.ConnectToRoom(media.server.URL, lksdk.ConnectInfo{
		APIKey: media.server.Key, APISecret: media.server.Secret, RoomName: w.room.ID.String(), ParticipantIdentity: "listener",
	}, callback, livekitdev.OnLoopback()...)
	require.NoError(w, err)
	w.Cleanup(room.Disconnect)
	return a
}

func (a *audience) all() []map[string]any {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]map[string]any(nil), a.heard...)
}

// hears waits for one message of the type, and returns it.
func (a *audience) hears(t *testing.T, kind string) map[string]any {
	t.Helper()
	var got map[string]any
	require.Eventually(t, func() bool {
		for _, m := range a.all() {
			if m["type"] == kind {
				got = m
				return true
			}
		}
		return false
	}, waitLong, waitShort, "want %s", kind)
	return got
}

func TestLimit_of_LiveKit_is_a_finished_recording_that_is_announced(t *testing.T) {
	for mode, message := range map[string]string{
		store.ScreenRecording: "screenRecordingLimitReached", store.Transcript: "transcriptionLimitReached",
	} {
		t.Run(mode, func(t *testing.T) {
			w := open(t, setup{ending: egressdev.Limit})
			a := w.audience()
			a.ready(w)
			body := `{"mode":"` + mode + `"}`
			require.Equal(t, http.StatusCreated, w.call(w.ada, "start-recording", body).Status)
			list, _, err := w.st.RecordingsOf(t.Context(), w.ada.ID, 1, 0)
			require.NoError(t, err)
			final := store.RecordingNotified
			if mode == store.Transcript {
				final = store.RecordingSaved // nobody takes it to the external service here
			}
			r := w.becomes(list[0].Recording.ID, final)
			require.Equal(t, "EGRESS_LIMIT_REACHED", r.Outcome)
			require.Equal(t, map[string]any{"type": message}, a.hears(t, message))
			w.shows("")
			require.Len(t, a.all(), 1, "the room is told once")
		})
	}
}

// ready waits until the audience is in the room.
func (a *audience) ready(w *world) {
	w.Helper()
	require.Eventually(w, func() bool {
		list, err := w.live.ListParticipants(w.Context(), w.room.ID.String())
		return err == nil && len(list) == 1
	}, waitLong, waitShort)
}

func TestLimit_of_our_own_warns_the_room_and_stops_the_egress(t *testing.T) {
	w := open(t, setup{config: "max_duration: 15s\nwarn_before: 14s\n"})
	a := w.audience()
	a.ready(w)
	r := w.start(startVideo)
	require.WithinDuration(t, time.Now().Add(15*time.Second), *r.LimitAt, 10*time.Second)
	warning := a.hears(t, "screenRecordingLimitApproaching")
	require.InDelta(t, 7, warning["remaining_seconds"], 7)
	a.hears(t, "screenRecordingLimitReached")
	r = w.becomes(r.ID, store.RecordingNotified)
	require.Equal(t, "EGRESS_COMPLETE", r.Outcome, "LiveKit was asked to stop")
	w.shows("")
}

func TestLimit_leaves_a_recording_alone_that_was_stopped_before(t *testing.T) {
	w := open(t, setup{config: "max_duration: 2s\nwarn_before: 1s\n"})
	a := w.audience()
	a.ready(w)
	r := w.start(startVideo)
	w.stop()
	r = w.becomes(r.ID, store.RecordingNotified)
	time.Sleep(2 * time.Second) // both timers
	require.Empty(t, a.all())
	again, err := w.st.RecordingByID(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, r, again)
}

func TestFailure_ends_the_recording_and_tells_the_room(t *testing.T) {
	for name, ending := range map[string]egressdev.Ending{"failed": egressdev.Fail, "aborted": egressdev.Abort} {
		t.Run(name, func(t *testing.T) {
			w := open(t, setup{ending: ending})
			a := w.audience()
			a.ready(w)
			require.Equal(t, http.StatusCreated, w.call(w.ada, "start-recording", startVideo).Status)
			list, _, err := w.st.RecordingsOf(t.Context(), w.ada.ID, 1, 0)
			require.NoError(t, err)
			r := w.becomes(list[0].Recording.ID, store.RecordingAborted)
			require.NotEmpty(t, r.Reason)
			a.hears(t, "screenRecordingFailed")
			w.shows("")
			require.Empty(t, w.gw.Outbox.Messages())
			require.Equal(t, http.StatusCreated, w.call(w.ada, "start-recording", startVideo).Status, "the room is free")
		})
	}
}
