package core_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// awaitLeft returns once the gateway knows that somebody has left.
func (m *meeting) awaitLeft(identity string) {
	m.Helper()
	require.Eventually(m, func() bool {
		t, err := m.st.StandingOf(m.Context(), m.roomID(), identity, time.Now())
		return err != nil || t.Seat == ""
	}, silence, 10*waitShort)
}

func TestLobby_lets_those_back_in_who_left_a_moment_ago(t *testing.T) {
	for kept := range lobbies {
		t.Run(kept, func(t *testing.T) {
			s := newMeeting(t, kept)
			guest, mary := &knocker{browser: s.anonymous()}, &knocker{browser: s.who["mary"]}
			s.join(s.who["ada"].get(lobbyRoom), nil)
			for identity, k := range map[string]*knocker{"": guest, "mary": mary} {
				k.ask("Zoë").waits()
				s.decide(k.id, true).is(200, decided)
				if identity == "" {
					identity = k.id
				}
				for range 2 { // reloads the page
					a := k.ask("Zoë")
					a.admitted()
					room := s.join(a, nil)
					s.awaitSeat(identity)
					room.Disconnect()
					s.awaitLeft(identity)
				}
				k.ask("Zoë").admitted()
			}
		})
	}
}

// awaitSeat returns once the gateway knows that somebody is in the meeting.
func (m *meeting) awaitSeat(identity string) {
	m.Helper()
	require.Eventually(m, func() bool {
		t, err := m.st.StandingOf(m.Context(), m.roomID(), identity, time.Now())
		return err == nil && t.Seat != ""
	}, silence, 10*waitShort)
}

func TestLobby_lets_those_wait_again_who_left_longer_ago_than_a_moment(t *testing.T) {
	for kept := range lobbies {
		t.Run(kept, func(t *testing.T) {
			s := newMeeting(t, kept, graceless)
			s.join(s.who["ada"].get(lobbyRoom), nil)
			for _, k := range []*knocker{{browser: s.anonymous()}, {browser: s.who["mary"]}} {
				k.ask("Zoë").waits()
				s.decide(k.id, true).is(200, decided)
				s.join(k.ask("Zoë"), nil).Disconnect()
				require.Eventually(t, func() bool { return k.ask("Zoë").json()["status"] == "waiting" }, silence, 10*waitShort)
			}
		})
	}
}
