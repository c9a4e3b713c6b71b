package lobby_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
)

func TestLobby_counts_those_without_a_cookie_of_ours_by_address(t *testing.T) {
	t.Parallel()
	coretest.InLobby(t, func(s *coretest.Staff) {
		known := &coretest.Knocker{Browser: s.Anonymous()}
		known.Ask("Zoë").Waits() // the first of three
		for i, cookie := range []string{"", "text"} {
			(&coretest.Knocker{Browser: s.Anonymous(), Cookie: cookie}).Ask(fmt.Sprint(i)).Waits()
		}
		for _, cookie := range []string{"", "another text", known.ID} {
			stranger := &coretest.Knocker{Browser: s.Anonymous(), Cookie: cookie}
			a := stranger.Ask("Eve")
			require.Equal(t, http.StatusTooManyRequests, a.Status, a.Body)
			require.NotEmpty(t, a.Header.Get("Retry-After"))
			require.Empty(t, a.Header.Values("Set-Cookie"))
			require.Equal(t, http.StatusTooManyRequests, stranger.Ask("").Status, "before its body is looked at")
		}
		for range 5 {
			known.Ask("Zoë").Waits()
			(&coretest.Knocker{Browser: s.Who["mary"]}).Ask("Mary").Waits()
		}
	}, func(_ *testing.T, c *config.Config) { c.Throttles.EntryAddress = "3/day" })
}

func TestLobby_shows_as_many_as_are_listed_the_longest_waiting_first(t *testing.T) {
	t.Parallel()
	coretest.InLobby(t, func(s *coretest.Staff) {
		ids := []string{}
		for range 4 {
			k := &coretest.Knocker{Browser: s.Anonymous()}
			k.Ask("Zoë").Waits()
			ids = append(ids, k.ID)
			turn(s.House)
		}
		require.Equal(t, ids[:3], s.Waiters())
		s.Decide(ids[1], true).Is(200, coretest.Decided)
		s.Decide(ids[0], false).Is(200, coretest.Decided)
		require.Equal(t, ids[2:], s.Waiters())
	}, coretest.Patient, func(_ *testing.T, c *config.Config) { c.Lobby.MaxListed = 3 })
}

// proxies are the proxies trusted to report addresses.
func proxies(_ *testing.T, c *config.Config) { c.HTTP.TrustedProxies = []string{"127.0.0.1"} }

// newCrowd returns n guests from one network, who got their cookies at a room that lets
// everybody in.
func newCrowd(s *coretest.Staff, n int, from func(i int) string) []*coretest.Knocker {
	s.Helper()
	s.Who["alan"].Create(coretest.Object{"name": "Elsewhere", "access_level": "public"})
	all := make([]*coretest.Knocker, n)
	for i := range all {
		all[i] = &coretest.Knocker{Browser: s.Anonymous(), From: from(i)}
		all[i].AskAt("/api/v1.0/rooms/elsewhere/request-entry/", "Eve").ID()
	}
	return all
}

// Many guests from one network, each with a cookie of their own, neither fill the list
// nor block the lobby for others.
func TestLobby_keeps_a_crowd_from_one_network_from_hiding_the_others(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]func(i int) string{
		"an address": func(int) string { return "192.0.2.1" },
		"a /64":      func(i int) string { return fmt.Sprintf("2001:db8::%x", i+1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coretest.InLobby(t, func(s *coretest.Staff) {
				most, shown := s.Config.Lobby.MaxNetwork, s.Config.Lobby.MaxListed
				require.Equal(s, []int{200, 100}, []int{most, shown}, "a class or two behind one address may wait")
				crowd := newCrowd(s, most+10, from)
				for range 2 { // each polls
					for i, k := range crowd {
						if a := k.Ask("Eve"); i < most {
							a.Waits()
						} else {
							require.Equal(s, http.StatusTooManyRequests, a.Status, a.Body)
							require.NotEmpty(s, a.Header.Get("Retry-After"))
						}
					}
				}
				account := &coretest.Knocker{Browser: s.Who["mary"], From: from(1000)}
				require.Equal(s, http.StatusTooManyRequests, account.Ask("Mary").Status, "accounts are counted too")
				guest := &coretest.Knocker{Browser: s.Anonymous(), From: "192.0.2.2"}
				neighbour := &coretest.Knocker{Browser: s.Anonymous(), From: "2001:db8:0:1::1"}
				mary := &coretest.Knocker{Browser: s.Who["mary"], From: "192.0.2.3"}
				for _, k := range []*coretest.Knocker{guest, neighbour, mary} {
					k.Ask("Zoë").Waits()
				}
				list := s.Waiters()
				require.Len(s, list, shown)
				require.Equal(s, []string{guest.ID, neighbour.ID, mary.ID}, list[shown-3:], "who have waited least")
				for _, k := range []*coretest.Knocker{guest, neighbour, mary} {
					s.Decide(k.ID, true).Is(200, coretest.Decided)
					k.Ask("Zoë").Admitted()
				}
				s.Decide(crowd[0].ID, false).Is(200, coretest.Decided)
				crowd[most].Ask("Eve").Waits() // there is room again
			}, coretest.Patient, proxies, func(_ *testing.T, c *config.Config) { c.Lobby.MaxWaiting = c.Lobby.MaxNetwork + 3 })
		})
	}
}

// A hundred strangers do not cause a hundred messages to everybody in the meeting.
// core/lobby tests how many there are per second.
func TestLobby_tells_a_meeting_of_a_crowd_in_few_words(t *testing.T) {
	t.Parallel()
	s := coretest.NewMeeting(t, "memory")
	heard := make(chan string, 1000)
	s.Join(s.Who["ada"].Get(coretest.LobbyRoom), heard)
	awaitListener(s, heard)
	for range 100 {
		(&coretest.Knocker{Browser: s.Anonymous()}).Ask("Eve").Waits()
	}
	require.Equal(t, `{"type":"participantWaiting"}`, next(t, heard))
	require.Equal(t, `{"type":"participantWaiting"}`, next(t, heard), "of those who came since the first")
	require.Less(t, len(heard), 50)
}
