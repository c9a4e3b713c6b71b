package recording_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/internal/dev/egressdev"
	"foyer/sdk/module"
)

// audience is somebody in the room who collects the messages sent to everybody.
type audience struct {
	mu      sync.Mutex
	heard   []map[string]any
	reached bool // the probe has arrived
}

// probe is a message that only the tests send.
const probe = "probe"

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
		if m["type"] == probe {
			a.reached = true
			return
		}
		if user.Topic != "" {
			m["topic"] = user.Topic
		}
		a.heard = append(a.heard, m)
	}
	media.server.EnterT(w, lksdk.ConnectInfo{RoomName: w.room.ID.String(), ParticipantIdentity: "listener"}, callback)
	return a
}

func (a *audience) all() []map[string]any {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]map[string]any(nil), a.heard...)
}

// hears waits for one message of the given type and returns it.
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

// reads compares a message with what the frontend of La Suite Meet 1.27 shows in the
// chat: the form of LiveKit's components, in the language of ada, who is recording.
func (a *audience) reads(t *testing.T, m map[string]any, text string) {
	t.Helper()
	require.Equal(t, "lk-chat-topic", m["topic"])
	require.NotEmpty(t, m["id"])
	require.Regexp(t, text, m["message"])
	at, ok := m["timestamp"].(float64)
	require.True(t, ok)
	require.WithinDuration(t, time.Now(), time.UnixMilli(int64(at)), time.Minute)
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
				final = store.RecordingSaved // nothing takes it to the external service here
			}
			r := w.becomes(list[0].Recording.ID, final)
			require.Equal(t, "EGRESS_LIMIT_REACHED", r.Outcome)
			require.Equal(t, map[string]any{"type": message}, a.hears(t, message))
			w.shows("")
			require.Len(t, a.all(), 1, "the room is told once")
		})
	}
}

// ready waits until the audience is in the room and hears what is said there. Messages
// keep their order, so everything said before has arrived too.
func (a *audience) ready(w *world) {
	w.Helper()
	a.mu.Lock()
	a.reached = false
	a.mu.Unlock()
	require.Eventually(w, func() bool {
		list, err := w.live.ListParticipants(w.Context(), w.room.ID.String())
		return err == nil && len(list) == 1
	}, waitLong, waitShort)
	require.Eventually(w, func() bool { // messages sent before its data channel opens are lost
		_ = w.live.SendData(w.Context(), w.room.ID.String(), []byte(`{"type":"`+probe+`"}`))
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.reached
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
	a.reads(t, warning, `^L'enregistrement s'arrêtera dans \d+ s : il atteint bientôt sa durée maximale\.$`)
	a.hears(t, "screenRecordingLimitReached")
	r = w.becomes(r.ID, store.RecordingNotified)
	require.Equal(t, "EGRESS_COMPLETE", r.Outcome, "LiveKit was asked to stop")
	w.shows("")
}

func TestLimit_of_our_own_is_announced_when_LiveKit_tells_of_the_end_first(t *testing.T) {
	w := open(t, setup{config: "max_duration: 2s\n", ending: egressdev.Late})
	a := w.audience()
	a.ready(w)
	r := w.start(startVideo)
	a.hears(t, "screenRecordingLimitReached")
	w.becomes(r.ID, store.RecordingNotified)
}

func TestLimit_leaves_a_recording_alone_that_was_stopped_before(t *testing.T) {
	w := open(t, setup{config: "max_duration: 10h\nwarn_before: 1h\n"})
	a := w.audience()
	a.ready(w)
	r := w.start(startVideo)
	w.stop()
	r = w.becomes(r.ID, store.RecordingNotified)
	for _, kind := range []string{"warn", "limit"} {
		w.do(module.NextJob{Kind: kind, Args: map[string]uuid.UUID{"recording": r.ID}})
	}
	a.ready(w)
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
			a.reads(t, a.hears(t, "screenRecordingFailed"), `^L'enregistrement a échoué\.$`)
			w.shows("")
			require.Empty(t, w.gw.Outbox.Messages())
			require.Equal(t, http.StatusCreated, w.call(w.ada, "start-recording", startVideo).Status, "the room is free")
		})
	}
}
