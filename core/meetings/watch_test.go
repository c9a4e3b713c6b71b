package meetings_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/livekit"
	"foyer/core/module"
)

// look runs a look at the meetings that are live.
func (w *world) look(live ...livekit.Room) {
	w.Helper()
	w.live = live
	require.NoError(w, w.Work(w.Context(), module.Job{Kind: "watch", Args: []byte("{}"), Attempt: 1}))
}

// turn waits for the next second, which tokens and ends are told apart by.
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

func TestWatch_goes_on_whatever_happens(t *testing.T) {
	onBoth(t, func(w *world) {
		require.NoError(w, w.Start(w.Context()))
		require.NoError(w, w.Start(w.Context()), "at every start, by every replica")
		require.Len(w, w.jobs, 2)
		if w.jobs[0].o.Unique != w.jobs[1].o.Unique { // a minute has just turned
			w.jobs = w.jobs[1:]
		}
		require.True(w, strings.HasPrefix(w.jobs[0].o.Unique, "watch:"))
		require.LessOrEqual(w, w.jobs[0].o.Delay, time.Minute)
		w.jobs = nil
		for _, down := range []error{nil, errors.New("no answer"), livekit.ErrNoKey} {
			w.down = down
			w.look(livekit.Room{SID: "RM_" + uuid.NewString(), Name: room.String()})
		}
		require.Len(w, w.jobs, 3)
		require.ErrorIs(w, w.Work(w.Context(), module.Job{Kind: "unknown"}), module.ErrGiveUp)
	})
}
