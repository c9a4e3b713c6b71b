package lobby_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
)

// awaitLeft returns once the gateway knows that somebody has left.
func awaitLeft(m *coretest.Meeting, identity string) {
	m.Helper()
	require.Eventually(m, func() bool {
		t, err := m.Store.StandingOf(m.Context(), m.RoomID(), identity, time.Now())
		return err != nil || t.Seat == ""
	}, coretest.Silence, 10*coretest.WaitShort)
}

func TestLobby_lets_those_back_in_who_left_a_moment_ago(t *testing.T) {
	t.Parallel()
	for kept := range coretest.Lobbies {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			s := coretest.NewMeeting(t, kept)
			guest, mary := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Who["mary"]}
			s.Join(s.Who["ada"].Get(coretest.LobbyRoom), nil)
			for identity, k := range map[string]*coretest.Knocker{"": guest, "mary": mary} {
				k.Ask("Zoë").Waits()
				s.Decide(k.ID, true).Is(200, coretest.Decided)
				if identity == "" {
					identity = k.ID
				}
				for range 2 { // reloads the page
					a := k.Ask("Zoë")
					a.Admitted()
					room := s.Join(a, nil)
					s.AwaitSeat(identity)
					room.Disconnect()
					awaitLeft(s, identity)
				}
				k.Ask("Zoë").Admitted()
			}
		})
	}
}

func TestLobby_lets_those_wait_again_who_left_longer_ago_than_a_moment(t *testing.T) {
	t.Parallel()
	for kept := range coretest.Lobbies {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			s := coretest.NewMeeting(t, kept, coretest.Graceless)
			s.Join(s.Who["ada"].Get(coretest.LobbyRoom), nil)
			for _, k := range []*coretest.Knocker{{Browser: s.Anonymous()}, {Browser: s.Who["mary"]}} {
				k.Ask("Zoë").Waits()
				s.Decide(k.ID, true).Is(200, coretest.Decided)
				s.Join(k.Ask("Zoë"), nil).Disconnect()
				require.Eventually(t, func() bool { return k.Ask("Zoë").JSON()["status"] == "waiting" }, coretest.Silence, 10*coretest.WaitShort)
			}
		})
	}
}
