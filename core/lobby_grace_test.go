package core_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// awaitLeft returns once the gateway knows that somebody has left.
func (m *Meeting) awaitLeft(identity string) {
	m.Helper()
	require.Eventually(m, func() bool {
		t, err := m.Store.StandingOf(m.Context(), m.RoomID(), identity, time.Now())
		return err != nil || t.Seat == ""
	}, Silence, 10*WaitShort)
}

func TestLobby_lets_those_back_in_who_left_a_moment_ago(t *testing.T) {
	for kept := range Lobbies {
		t.Run(kept, func(t *testing.T) {
			s := NewMeeting(t, kept)
			guest, mary := &Knocker{Browser: s.Anonymous()}, &Knocker{Browser: s.Who["mary"]}
			s.Join(s.Who["ada"].Get(LobbyRoom), nil)
			for identity, k := range map[string]*Knocker{"": guest, "mary": mary} {
				k.Ask("Zoë").Waits()
				s.Decide(k.ID, true).Is(200, Decided)
				if identity == "" {
					identity = k.ID
				}
				for range 2 { // reloads the page
					a := k.Ask("Zoë")
					a.Admitted()
					room := s.Join(a, nil)
					s.AwaitSeat(identity)
					room.Disconnect()
					s.awaitLeft(identity)
				}
				k.Ask("Zoë").Admitted()
			}
		})
	}
}

// AwaitSeat returns once the gateway knows that somebody is in the meeting.
func (m *Meeting) AwaitSeat(identity string) {
	m.Helper()
	require.Eventually(m, func() bool {
		t, err := m.Store.StandingOf(m.Context(), m.RoomID(), identity, time.Now())
		return err == nil && t.Seat != ""
	}, Silence, 10*WaitShort)
}

func TestLobby_lets_those_wait_again_who_left_longer_ago_than_a_moment(t *testing.T) {
	for kept := range Lobbies {
		t.Run(kept, func(t *testing.T) {
			s := NewMeeting(t, kept, Graceless)
			s.Join(s.Who["ada"].Get(LobbyRoom), nil)
			for _, k := range []*Knocker{{Browser: s.Anonymous()}, {Browser: s.Who["mary"]}} {
				k.Ask("Zoë").Waits()
				s.Decide(k.ID, true).Is(200, Decided)
				s.Join(k.Ask("Zoë"), nil).Disconnect()
				require.Eventually(t, func() bool { return k.Ask("Zoë").JSON()["status"] == "waiting" }, Silence, 10*WaitShort)
			}
		})
	}
}
