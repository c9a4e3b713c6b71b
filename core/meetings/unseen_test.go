package meetings_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/livekit"
)

// meets returns the meeting with that SID, begun now.
func meets(sid string, there ...livekit.Participant) livekit.Room {
	return livekit.Room{SID: sid, Name: room.String(), CreatedAt: time.Now().Truncate(time.Millisecond), Participants: len(there)}
}

// tick waits until the next millisecond, the resolution in which LiveKit reports a
// room's beginning.
func tick() { time.Sleep(2 * time.Millisecond) }

func TestUnseen_end_of_a_meeting_ends_what_was_given_after_it_was_seen(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		w.look(meets("RM_1"))
		turn(w.T) // into a second after that check
		p := w.guest()
		w.admit(p)
		require.NoError(w, w.joined(p))
		w.look()
		require.Zero(w, w.lasts(p.Identity), "it was over before the look")
		require.Len(w, w.told, 1)
		next := w.guest()
		w.admit(next)
		for range 2 {
			w.look()
		}
		require.NotZero(w, w.lasts(next.Identity), "to the next one")
		require.Len(w, w.told, 1)
	})
}

func TestUnseen_end_of_a_meeting_puts_out_of_the_one_in_its_place(t *testing.T) {
	for name, seen := range map[string]bool{"that a look saw": true, "that no look saw": false} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				w.room("restricted")
				old, fresh := w.guest(), w.guest()
				first := meets("RM_1")
				if seen {
					w.look(first)
				}
				w.live = []livekit.Room{first}
				turn(w.T)
				w.admit(old)
				tick()
				second := meets("RM_2", old, fresh)
				tick()
				w.live = []livekit.Room{second}
				w.admit(fresh)
				w.people[room.String()] = []livekit.Participant{old, fresh, person("ada")}
				w.look(second)
				require.Equal(w, []string{old.Identity}, w.out(), "and nobody else")
				require.Zero(w, w.lasts(old.Identity))
				require.NotZero(w, w.lasts(fresh.Identity))
				require.Empty(w, w.told, "nothing is cleaned up under it")
			})
		})
	}
}

// Most ends are reported by webhooks, and those admitted since then stay admitted.
func TestUnseen_ends_are_those_that_nobody_told_of(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"in time": 0, "by a clock behind ours": -3 * time.Second, "by a clock ahead of ours": time.Minute} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				w.room("restricted")
				first, old, early := meets("RM_1"), w.guest(), w.guest()
				w.look(first)
				w.admit(old)
				turn(w.T)
				w.live = nil
				w.finishedOf("RM_1", time.Now().Add(ahead), time.Now())
				tick()
				w.admit(early) // to the next meeting, before anybody is there
				tick()
				second := meets("RM_2", early)
				w.people[room.String()] = []livekit.Participant{early}
				w.look(second)
				w.look(second)
				require.Empty(w, w.out())
				require.NotZero(w, w.lasts(early.Identity))
				require.Empty(w, w.told)
			})
		})
	}
}
