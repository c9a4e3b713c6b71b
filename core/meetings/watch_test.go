package meetings_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// look runs a check of the live meetings.
func (w *world) look(live ...livekit.Room) {
	w.Helper()
	w.live = live
	require.NoError(w, w.Work(w.Context(), module.Job{Kind: "watch", Args: []byte("{}"), Attempt: 1}))
}

// turn waits for the next second, the resolution of tokens and ends.
func turn(t *testing.T) {
	t.Helper()
	second := time.Now().Unix()
	require.Eventually(t, func() bool { return time.Now().Unix() > second }, 20*time.Second, 5*time.Millisecond)
}

func TestWatch_finds_the_end_of_a_meeting_that_nobody_told_of(t *testing.T) {
	onBoth(t, func(w *world) {
		meeting := livekit.Room{SID: "RM_1", Name: room.String()}
		old := time.Now()
		w.look(meeting, livekit.Room{SID: "RM_2", Name: "weekly-call"})
		turn(w.T)
		w.look(meeting)
		seen := time.Now()
		require.True(w, w.counts(old), "it goes on")
		turn(w.T)
		w.down = errors.New("no answer")
		w.look()
		require.True(w, w.counts(old), "what LiveKit did not say is not known")
		w.down = nil
		w.look()
		require.False(w, w.counts(old), "it was over some time after it was seen")
		require.True(w, w.counts(seen.Add(time.Second)))
		require.Len(w, w.told, 1, "and whoever listens has been told")
		require.Equal(w, "room_finished", w.told[0].Name)
		require.Equal(w, room.String(), w.told[0].Room)
		require.Contains(w, string(w.told[0].Body), "RM_1")
		w.look()
		require.Len(w, w.told, 1)
	})
}

func TestWatch_tells_nobody_again(t *testing.T) {
	onBoth(t, func(w *world) {
		w.look(livekit.Room{SID: "RM_1", Name: room.String()})
		w.finished(time.Now(), time.Now())
		w.look()
		require.Empty(w, w.told)
	})
}

func TestWatch_tells_two_meetings_of_a_room_apart(t *testing.T) {
	onBoth(t, func(w *world) {
		old := time.Now()
		turn(w.T)
		w.look(livekit.Room{SID: "RM_1", Name: room.String()})
		w.look(livekit.Room{SID: "RM_2", Name: room.String()})
		require.False(w, w.counts(old), "from before the first one was seen last")
		require.Empty(w, w.told, "the second one is live: nothing is cleaned up under it")
	})
}

func TestWatch_ends_a_meeting_that_no_server_has_at_two_looks(t *testing.T) {
	onBoth(t, func(w *world) {
		meeting := livekit.Room{SID: "RM_1", Name: room.String()}
		old := time.Now()
		turn(w.T)
		w.look(meeting)
		w.silent = map[string]bool{meeting.Name: true}
		w.look(meeting)
		require.Empty(w, w.reclaimed, "those in it may be about to be back")
		w.silent = nil
		w.look(meeting)
		w.silent = map[string]bool{meeting.Name: true}
		w.look(meeting)
		require.Empty(w, w.reclaimed, "they were")
		w.mute = errors.New("too much to do")
		w.look(meeting)
		require.Empty(w, w.reclaimed, "what LiveKit does not say is not known")
		w.mute = nil
		w.look(meeting)
		require.Equal(w, []string{meeting.Name}, w.reclaimed)
		require.True(w, w.counts(old), "LiveKit is about to tell")
		require.Empty(w, w.told)
		w.look()
		require.False(w, w.counts(old))
		require.Len(w, w.told, 1, "it did not")
		require.Contains(w, string(w.told[0].Body), "RM_1")
	})
}

func TestWatch_tells_once_of_the_end_of_a_meeting_that_LiveKit_goes_on_listing(t *testing.T) {
	onBoth(t, func(w *world) {
		begin := time.Now().Add(-time.Hour)
		meeting := livekit.Room{SID: "RM_1", Name: room.String(), CreatedAt: begin} // never seen alive
		w.silent, w.full = map[string]bool{meeting.Name: true}, errors.New("no server takes it")
		for range 4 {
			w.look(meeting)
		}
		require.Len(w, w.reclaimed, 3, "it is tried again")
		require.Len(w, w.told, 1)
		require.False(w, w.counts(begin.Add(-time.Second)))
		require.True(w, w.counts(begin), "it was live then, and nobody knows how long")
		meeting.SID = "RM_2"
		w.silent = nil
		w.look(meeting)
		w.look()
		require.Len(w, w.told, 2, "the next meeting of the room ends like any other")
	})
}

func TestWatch_looks_once_at_a_time(t *testing.T) {
	onBoth(t, func(w *world) {
		until := time.Now().Add(time.Minute)
		_, err := w.st.KVPutIfAbsent(w.Context(), "meeting-tokens", "look", []byte("another replica"), &until, time.Now())
		require.NoError(w, err)
		w.silent = map[string]bool{room.String(): true}
		for range 3 {
			w.look(livekit.Room{SID: "RM_1", Name: room.String()})
		}
		require.Empty(w, w.reclaimed)
	})
}

func TestWatch_goes_on_whatever_happens(t *testing.T) {
	onBoth(t, func(w *world) {
		w.jobs = nil
		for _, down := range []error{nil, errors.New("no answer"), livekit.ErrNoKey} {
			w.down = down
			w.look(livekit.Room{SID: "RM_" + uuid.NewString(), Name: room.String()})
		}
		require.Len(w, w.jobs, 3)
		require.ErrorIs(w, w.Work(w.Context(), module.Job{Kind: "unknown"}), module.ErrGiveUp)
	})
}
