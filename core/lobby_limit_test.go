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

// A hundred strangers do not make a hundred messages for everybody in the
// meeting. core/lobby shows how many there are a second.
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
