package core_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

func TestLobby_counts_those_without_a_cookie_of_ours_by_address(t *testing.T) {
	inLobby(t, func(s *staff) {
		known := &knocker{browser: s.anonymous()}
		known.ask("Zoë").waits() // the first of three
		for i, cookie := range []string{"", "text"} {
			(&knocker{browser: s.anonymous(), cookie: cookie}).ask(fmt.Sprint(i)).waits()
		}
		for _, cookie := range []string{"", "another text", known.id} {
			stranger := &knocker{browser: s.anonymous(), cookie: cookie}
			a := stranger.ask("Eve")
			require.Equal(t, http.StatusTooManyRequests, a.status, a.body)
			require.NotEmpty(t, a.header.Get("Retry-After"))
			require.Empty(t, a.header.Values("Set-Cookie"))
			require.Equal(t, http.StatusTooManyRequests, stranger.ask("").status, "before its body is looked at")
		}
		for range 5 {
			known.ask("Zoë").waits()
			(&knocker{browser: s.who["mary"]}).ask("Mary").waits()
		}
	}, func(_ *testing.T, c *config.Config) { c.Throttles.EntryAddress = "3/day" })
}

func TestLobby_shows_as_many_as_are_listed_the_longest_waiting_first(t *testing.T) {
	inLobby(t, func(s *staff) {
		ids := []string{}
		for range 4 {
			k := &knocker{browser: s.anonymous()}
			k.ask("Zoë").waits()
			ids = append(ids, k.id)
			turn(s.house)
		}
		require.Equal(t, ids[:3], s.waiters())
		s.decide(ids[1], true).is(200, decided)
		s.decide(ids[0], false).is(200, decided)
		require.Equal(t, ids[2:], s.waiters())
	}, patient, func(_ *testing.T, c *config.Config) { c.Lobby.MaxListed = 3 })
}

// proxies are the proxies trusted to report addresses.
func proxies(_ *testing.T, c *config.Config) { c.HTTP.TrustedProxies = []string{"127.0.0.1"} }

// crowd returns n guests from one network, who got their cookies at a room that lets
// everybody in.
func (s *staff) crowd(n int, from func(i int) string) []*knocker {
	s.Helper()
	s.who["alan"].create(object{"name": "Elsewhere", "access_level": "public"})
	all := make([]*knocker, n)
	for i := range all {
		all[i] = &knocker{browser: s.anonymous(), from: from(i)}
		all[i].askAt("/api/v1.0/rooms/elsewhere/request-entry/", "Eve").id()
	}
	return all
}

// Many guests from one network, each with a cookie of their own, neither fill the list
// nor block the lobby for others.
func TestLobby_keeps_a_crowd_from_one_network_from_hiding_the_others(t *testing.T) {
	for name, from := range map[string]func(i int) string{
		"an address": func(int) string { return "192.0.2.1" },
		"a /64":      func(i int) string { return fmt.Sprintf("2001:db8::%x", i+1) },
	} {
		t.Run(name, func(t *testing.T) {
			inLobby(t, func(s *staff) {
				most, shown := s.cfg.Lobby.MaxNetwork, s.cfg.Lobby.MaxListed
				require.Equal(s, []int{200, 100}, []int{most, shown}, "a class or two behind one address may wait")
				crowd := s.crowd(most+10, from)
				for range 2 { // each polls
					for i, k := range crowd {
						if a := k.ask("Eve"); i < most {
							a.waits()
						} else {
							require.Equal(s, http.StatusTooManyRequests, a.status, a.body)
							require.NotEmpty(s, a.header.Get("Retry-After"))
						}
					}
				}
				account := &knocker{browser: s.who["mary"], from: from(1000)}
				require.Equal(s, http.StatusTooManyRequests, account.ask("Mary").status, "accounts are counted too")
				guest := &knocker{browser: s.anonymous(), from: "192.0.2.2"}
				neighbour := &knocker{browser: s.anonymous(), from: "2001:db8:0:1::1"}
				mary := &knocker{browser: s.who["mary"], from: "192.0.2.3"}
				for _, k := range []*knocker{guest, neighbour, mary} {
					k.ask("Zoë").waits()
				}
				list := s.waiters()
				require.Len(s, list, shown)
				require.Equal(s, []string{guest.id, neighbour.id, mary.id}, list[shown-3:], "who have waited least")
				for _, k := range []*knocker{guest, neighbour, mary} {
					s.decide(k.id, true).is(200, decided)
					k.ask("Zoë").admitted()
				}
				s.decide(crowd[0].id, false).is(200, decided)
				crowd[most].ask("Eve").waits() // there is room again
			}, patient, proxies, func(_ *testing.T, c *config.Config) { c.Lobby.MaxWaiting = c.Lobby.MaxNetwork + 3 })
		})
	}
}

// A hundred strangers do not cause a hundred messages to everybody in the meeting.
// core/lobby tests how many there are per second.
func TestLobby_tells_a_meeting_of_a_crowd_in_few_words(t *testing.T) {
	s := newMeeting(t, "memory")
	heard := make(chan string, 1000)
	s.join(s.who["ada"].get(lobbyRoom), heard)
	s.awaitListener(heard)
	for range 100 {
		(&knocker{browser: s.anonymous()}).ask("Eve").waits()
	}
	require.Equal(t, `{"type":"participantWaiting"}`, next(t, heard))
	require.Equal(t, `{"type":"participantWaiting"}`, next(t, heard), "of those who came since the first")
	require.Less(t, len(heard), 50)
}
