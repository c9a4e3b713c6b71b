package core_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/livekitdev"
)

// watchful is a gateway that checks every second for what no webhook reports, and lets
// nobody who left back in.
func watchful(t *testing.T, c *config.Config) {
	c.Meetings.WatchEvery = time.Second
	graceless(t, c)
}

// graceless is a gateway where guests who leave have to ask again.
func graceless(_ *testing.T, c *config.Config) { c.Lobby.Grace = 0 }

// newUntold is a staffed house whose media server sends no webhooks.
func newUntold(t *testing.T, kept string) *meeting {
	t.Helper()
	server := livekitdev.StartT(t, livekitdev.Options{})
	return &meeting{newStaff(open(t, lobbies[kept], media(server), patient, watchful)), server, nil}
}

// guest is a guest who was let in and has joined, with the guest's token.
func (m *meeting) guest() (k *knocker, token string, leave func()) {
	m.Helper()
	k = &knocker{browser: m.anonymous()}
	k.ask("Zoë").waits()
	m.decide(k.id, true).is(200, decided)
	token = k.ask("Zoë").token()
	leave = m.server.JoinT(m, token, nil).Disconnect
	require.Eventually(m, func() bool {
		s, err := m.st.StandingByEntry(m.Context(), uuid.MustParse(m.room["id"].(string)), k.id, time.Now())
		return err == nil && s.Seat != ""
	}, silence, 10*waitShort, "no look has seen them come")
	return k, token, leave
}

// waitsAgain waits until the guest has to ask again.
func (m *meeting) waitsAgain(k *knocker) {
	m.Helper()
	require.Eventually(m, func() bool { return k.ask("Zoë").json()["status"] == "waiting" }, silence, 10*waitShort)
}

// seenSince waits until a check has seen the meeting live after that second: tokens and
// ends have a resolution of one second.
func (m *meeting) seenSince(issued int64) {
	m.Helper()
	require.Eventually(m, func() bool {
		raw, err := m.st.KVGet(m.Context(), "meeting-tokens", "seen", time.Now())
		var seen map[string]struct{ At int64 }
		return err == nil && json.Unmarshal(raw, &seen) == nil && seen[m.room["id"].(string)].At > issued
	}, waitLong, waitShort)
}

// rename makes a request that a LiveKit token permits while its meeting lasts.
func (m *meeting) rename(token string) answer {
	return m.anonymous().act(m.room["id"].(string), "rename", object{"name": "Zoë"}, token)
}

func TestMeeting_whose_media_server_died_is_over(t *testing.T) {
	for kept, webhooks := range map[string]bool{"memory": false, "redis": true} {
		t.Run(kept, func(t *testing.T) {
			var s *meeting
			if webhooks {
				s = newMeeting(t, kept, watchful)
			} else {
				s = newUntold(t, kept)
			}
			id := s.room["id"].(string)
			guest, token, leave := s.guest()
			s.rename(token).is(200, success)
			s.seenSince(time.Now().Unix())
			s.server.Crash()
			leave() // otherwise the client would be back at once
			require.NoError(t, s.server.Return(t.Context()))
			live := clientOf(t, s.server)
			list, err := live.ListRooms(t.Context(), id)
			require.NoError(t, err)
			require.Len(t, list, 1, "LiveKit lists it for ever")

			s.waitsAgain(guest)
			require.Eventually(t, func() bool { return s.rename(token).body == over }, waitLong, waitShort)
			list, err = live.ListRooms(t.Context(), id)
			require.NoError(t, err)
			require.Empty(t, list, "no longer")
			s.decide(guest.id, true).is(200, decided)
			next := guest.ask("Zoë").token()
			s.server.JoinT(t, next, nil)
			s.rename(next).is(200, success)
		})
	}
}

func TestGuest_of_whose_leaving_nobody_told_waits_again(t *testing.T) {
	for kept := range lobbies {
		t.Run(kept, func(t *testing.T) {
			s := newUntold(t, kept)
			stays, token, _ := s.guest()
			leaves, _, leave := s.guest()
			leave()
			s.waitsAgain(leaves)
			require.Equal(t, "accepted", stays.ask("Zoë").json()["status"])
			s.rename(token).is(200, success)
		})
	}
}

func TestGuest_of_a_media_server_that_died_waits_again_while_the_meeting_goes_on(t *testing.T) {
	s := newUntold(t, "memory")
	stays, token, out := s.guest()
	leaves, _, leave := s.guest()
	s.server.Crash()
	out()
	leave()
	require.NoError(t, s.server.Return(t.Context()))
	s.server.JoinT(t, token, nil)
	s.waitsAgain(leaves)
	require.Equal(t, "accepted", stays.ask("Zoë").json()["status"])
	s.rename(token).is(200, success)
	there, err := clientOf(t, s.server).ListParticipants(t.Context(), s.room["id"].(string))
	require.NoError(t, err)
	require.Len(t, there, 2, "LiveKit lists them both")
}

// The media server then reports neither an arrival nor a departure.
func TestGuest_who_got_no_media_through_waits_again(t *testing.T) {
	s := newMeeting(t, "memory", graceless)
	s.join(s.who["ada"].get(lobbyRoom), nil)
	k := &knocker{browser: s.anonymous()}
	k.ask("Zoë").waits()
	s.decide(k.id, true).is(200, decided)
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(),
		s.server.URL+"/rtc?protocol=15&access_token="+k.ask("Zoë").token(), nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	_, _, err = conn.ReadMessage() // they are in
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	s.box.await("participant_connection_aborted")
	s.waitsAgain(k)
}
