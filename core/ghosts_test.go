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
	Graceless(t, c)
}

// Graceless is a gateway where guests who leave have to ask again.
func Graceless(_ *testing.T, c *config.Config) { c.Lobby.Grace = 0 }

// newUntold is a staffed house whose media server sends no webhooks.
func newUntold(t *testing.T, kept string) *Meeting {
	t.Helper()
	server := livekitdev.StartT(t, livekitdev.Options{})
	return &Meeting{NewStaff(Open(t, Lobbies[kept], Media(server), Patient, watchful)), server, nil}
}

// guest is a guest who was let in and has joined, with the guest's token.
func (m *Meeting) guest() (k *Knocker, token string, leave func()) {
	m.Helper()
	k = &Knocker{Browser: m.Anonymous()}
	k.Ask("Zoë").Waits()
	m.Decide(k.ID, true).Is(200, Decided)
	token = k.Ask("Zoë").Token()
	leave = m.Server.JoinT(m, token, nil).Disconnect
	require.Eventually(m, func() bool {
		s, err := m.Store.StandingByEntry(m.Context(), uuid.MustParse(m.Room["id"].(string)), k.ID, time.Now())
		return err == nil && s.Seat != ""
	}, Silence, 10*WaitShort, "no look has seen them come")
	return k, token, leave
}

// waitsAgain waits until the guest has to ask again.
func (m *Meeting) waitsAgain(k *Knocker) {
	m.Helper()
	require.Eventually(m, func() bool { return k.Ask("Zoë").JSON()["status"] == "waiting" }, Silence, 10*WaitShort)
}

// seenSince waits until a check has seen the meeting live after that second: tokens and
// ends have a resolution of one second.
func (m *Meeting) seenSince(issued int64) {
	m.Helper()
	require.Eventually(m, func() bool {
		raw, err := m.Store.KVGet(m.Context(), "meeting-tokens", "seen", time.Now())
		var seen map[string]struct{ At int64 }
		return err == nil && json.Unmarshal(raw, &seen) == nil && seen[m.Room["id"].(string)].At > issued
	}, WaitLong, WaitShort)
}

// rename makes a request that a LiveKit token permits while its meeting lasts.
func (m *Meeting) rename(token string) Answer {
	return m.Anonymous().Act(m.Room["id"].(string), "rename", Object{"name": "Zoë"}, token)
}

func TestMeeting_whose_media_server_died_is_over(t *testing.T) {
	for kept, webhooks := range map[string]bool{"memory": false, "redis": true} {
		t.Run(kept, func(t *testing.T) {
			var s *Meeting
			if webhooks {
				s = NewMeeting(t, kept, watchful)
			} else {
				s = newUntold(t, kept)
			}
			id := s.Room["id"].(string)
			guest, token, leave := s.guest()
			s.rename(token).Is(200, Success)
			s.seenSince(time.Now().Unix())
			s.Server.Crash()
			leave() // otherwise the client would be back at once
			require.NoError(t, s.Server.Return(t.Context()))
			live := ClientOf(t, s.Server)
			list, err := live.ListRooms(t.Context(), id)
			require.NoError(t, err)
			require.Len(t, list, 1, "LiveKit lists it for ever")

			s.waitsAgain(guest)
			require.Eventually(t, func() bool { return s.rename(token).Body == over }, WaitLong, WaitShort)
			list, err = live.ListRooms(t.Context(), id)
			require.NoError(t, err)
			require.Empty(t, list, "no longer")
			s.Decide(guest.ID, true).Is(200, Decided)
			next := guest.Ask("Zoë").Token()
			s.Server.JoinT(t, next, nil)
			s.rename(next).Is(200, Success)
		})
	}
}

func TestGuest_of_whose_leaving_nobody_told_waits_again(t *testing.T) {
	for kept := range Lobbies {
		t.Run(kept, func(t *testing.T) {
			s := newUntold(t, kept)
			stays, token, _ := s.guest()
			leaves, _, leave := s.guest()
			leave()
			s.waitsAgain(leaves)
			require.Equal(t, "accepted", stays.Ask("Zoë").JSON()["status"])
			s.rename(token).Is(200, Success)
		})
	}
}

func TestGuest_of_a_media_server_that_died_waits_again_while_the_meeting_goes_on(t *testing.T) {
	s := newUntold(t, "memory")
	stays, token, out := s.guest()
	leaves, _, leave := s.guest()
	s.Server.Crash()
	out()
	leave()
	require.NoError(t, s.Server.Return(t.Context()))
	s.Server.JoinT(t, token, nil)
	s.waitsAgain(leaves)
	require.Equal(t, "accepted", stays.Ask("Zoë").JSON()["status"])
	s.rename(token).Is(200, Success)
	there, err := ClientOf(t, s.Server).ListParticipants(t.Context(), s.Room["id"].(string))
	require.NoError(t, err)
	require.Len(t, there, 2, "LiveKit lists them both")
}

// The media server then reports neither an arrival nor a departure.
func TestGuest_who_got_no_media_through_waits_again(t *testing.T) {
	s := NewMeeting(t, "memory", Graceless)
	s.Join(s.Who["ada"].Get(LobbyRoom), nil)
	k := &Knocker{Browser: s.Anonymous()}
	k.Ask("Zoë").Waits()
	s.Decide(k.ID, true).Is(200, Decided)
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(),
		s.Server.URL+"/rtc?protocol=15&access_token="+k.Ask("Zoë").Token(), nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	_, _, err = conn.ReadMessage() // they are in
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	s.Box.Await("participant_connection_aborted")
	s.waitsAgain(k)
}
