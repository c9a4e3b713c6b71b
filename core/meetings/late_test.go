package meetings_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// started delivers the room_started event of the meeting with that SID.
func (w *world) started(sid string, came time.Time) {
	w.Helper()
	body := fmt.Sprintf(`{"event":"room_started","room":{"name":"%s","sid":"%s"}}`, room, sid)
	require.NoError(w, w.Listen(w.Context(), module.Event{ID: "EV", Name: "room_started", Room: room.String(), At: came, Body: []byte(body)}))
}

func TestLate_end_of_an_earlier_meeting_is_not_that_of_the_one_that_goes_on(t *testing.T) {
	for name, x := range map[string]struct {
		said  time.Duration // the time in LiveKit's event, relative to its arrival
		clock time.Duration // how far LiveKit's clock is ahead of ours
	}{
		"in the same second":     {},
		"by a clock ahead":       {said: time.Minute},
		"by a clock ahead, both": {said: time.Minute, clock: time.Minute},
		"late by a clock ahead":  {said: -time.Second, clock: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				w.room("restricted")
				old := w.guest()
				w.admit(old)
				turn(w.T)
				second := meets("RM_2")
				second.CreatedAt = second.CreatedAt.Add(x.clock)
				w.live = []livekit.Room{second}
				if x.clock > 0 {
					w.started("RM_2", time.Now())
				}
				tick()
				fresh := w.guest()
				w.admit(fresh)
				w.people[room.String()] = []livekit.Participant{old, fresh}
				came := time.Now()
				if x.said < 0 {
					came = came.Add(2 * time.Second)
				}
				w.finishedOf("RM_1", came.Add(x.said), came)
				require.Equal(w, []string{old.Identity}, w.out())
				require.NotZero(w, w.lasts(fresh.Identity))
				require.True(w, w.counts(came), "nor do tokens of the one that goes on end")
				w.finishedOf("RM_2", came.Add(3*time.Second), came.Add(3*time.Second))
				require.Zero(w, w.lasts(fresh.Identity), "it ends like any other")
			})
		})
	}
}

func TestLate_end_is_asked_for_again_while_LiveKit_does_not_say_which_meeting_goes_on(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		old := w.guest()
		w.admit(old)
		turn(w.T)
		fresh := w.guest()
		w.admit(fresh)
		body := fmt.Sprintf(`{"event":"room_finished","room":{"name":"%s","sid":"RM_1"}}`, room)
		e := module.Event{ID: "EV", Name: "room_finished", Room: room.String(), At: time.Now(), Body: []byte(body)}
		w.down = &livekit.Error{Code: "unavailable", Err: errors.New("down")}
		require.ErrorIs(w, w.Listen(w.Context(), e), livekit.ErrUnavailable)
		require.Zero(w, w.lasts(old.Identity), "of a second before")
		w.down = nil
		require.NoError(w, w.Listen(w.Context(), e))
		require.Zero(w, w.lasts(fresh.Identity), "no other one goes on")
	})
}
