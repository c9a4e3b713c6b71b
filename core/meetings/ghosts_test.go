package meetings_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/livekitdev"
)

// watchful is a gateway that checks every second for what no webhook reports, and lets
// nobody who left back in.
func watchful(t *testing.T, c *config.Config) {
	c.Meetings.WatchEvery = time.Second
	coretest.Graceless(t, c)
}

// newUntold is a staffed house whose media server sends no webhooks.
func newUntold(t *testing.T, kept string) *coretest.Meeting {
	t.Helper()
	server := livekitdev.StartT(t, livekitdev.Options{})
	h := coretest.Open(t, coretest.Lobbies[kept], coretest.Media(server), coretest.Patient, watchful)
	return &coretest.Meeting{Staff: coretest.NewStaff(h), Server: server}
}

// admit lets a guest in, who joins; it returns the guest with their token.
func admit(m *coretest.Meeting) (k *coretest.Knocker, token string, leave func()) {
	m.Helper()
	k = &coretest.Knocker{Browser: m.Anonymous()}
	k.Ask("Zoë").Waits()
	m.Decide(k.ID, true).Is(200, coretest.Decided)
	token = k.Ask("Zoë").Token()
	leave = m.Server.JoinT(m, token, nil).Disconnect
	require.Eventually(m, func() bool {
		s, err := m.Store.StandingByEntry(m.Context(), uuid.MustParse(m.Room["id"].(string)), k.ID, time.Now())
		return err == nil && s.Seat != ""
	}, coretest.Silence, 10*coretest.WaitShort, "no look has seen them come")
	return k, token, leave
}

// waitsAgain waits until the guest has to ask again.
func waitsAgain(m *coretest.Meeting, k *coretest.Knocker) {
	m.Helper()
	require.Eventually(m, func() bool { return k.Ask("Zoë").JSON()["status"] == "waiting" }, coretest.Silence, 10*coretest.WaitShort)
}

// seenSince waits until a check has seen the meeting live after that second: tokens and
// ends have a resolution of one second.
func seenSince(m *coretest.Meeting, issued int64) {
	m.Helper()
	require.Eventually(m, func() bool {
		raw, err := m.Store.KVGet(m.Context(), "meeting-tokens", "seen", time.Now())
		var seen map[string]struct{ At int64 }
		return err == nil && json.Unmarshal(raw, &seen) == nil && seen[m.Room["id"].(string)].At > issued
	}, coretest.WaitLong, coretest.WaitShort)
}

// rename makes a request that a LiveKit token permits while its meeting lasts.
func rename(m *coretest.Meeting, token string) coretest.Answer {
	return m.Anonymous().Act(m.Room["id"].(string), "rename", coretest.Object{"name": "Zoë"}, token)
}

func TestMeeting_whose_media_server_died_is_over(t *testing.T) {
	t.Parallel()
	for kept, webhooks := range map[string]bool{"memory": false, "redis": true} {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			var s *coretest.Meeting
			if webhooks {
				s = coretest.NewMeeting(t, kept, watchful)
			} else {
				s = newUntold(t, kept)
			}
			id := s.Room["id"].(string)
			guest, token, leave := admit(s)
			rename(s, token).Is(200, coretest.Success)
			seenSince(s, time.Now().Unix())
			s.Server.Crash()
			leave() // otherwise the client would be back at once
			require.NoError(t, s.Server.Return(t.Context()))
			live := coretest.ClientOf(t, s.Server)
			list, err := live.ListRooms(t.Context(), id)
			require.NoError(t, err)
			require.Len(t, list, 1, "LiveKit lists it for ever")

			waitsAgain(s, guest)
			require.Eventually(t, func() bool { return rename(s, token).Body == over }, coretest.WaitLong, coretest.WaitShort)
			list, err = live.ListRooms(t.Context(), id)
			require.NoError(t, err)
			require.Empty(t, list, "no longer")
			s.Decide(guest.ID, true).Is(200, coretest.Decided)
			next := guest.Ask("Zoë").Token()
			s.Server.JoinT(t, next, nil)
			rename(s, next).Is(200, coretest.Success)
		})
	}
}

func TestGuest_of_whose_leaving_nobody_told_waits_again(t *testing.T) {
	t.Parallel()
	for kept := range coretest.Lobbies {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			s := newUntold(t, kept)
			stays, token, _ := admit(s)
			leaves, _, leave := admit(s)
			leave()
			waitsAgain(s, leaves)
			require.Equal(t, "accepted", stays.Ask("Zoë").JSON()["status"])
			rename(s, token).Is(200, coretest.Success)
		})
	}
}

func TestGuest_of_a_media_server_that_died_waits_again_while_the_meeting_goes_on(t *testing.T) {
	t.Parallel()
	s := newUntold(t, "memory")
	stays, token, out := admit(s)
	leaves, _, leave := admit(s)
	s.Server.Crash()
	out()
	leave()
	require.NoError(t, s.Server.Return(t.Context()))
	s.Server.JoinT(t, token, nil)
	waitsAgain(s, leaves)
	require.Equal(t, "accepted", stays.Ask("Zoë").JSON()["status"])
	rename(s, token).Is(200, coretest.Success)
	there, err := coretest.ClientOf(t, s.Server).ListParticipants(t.Context(), s.Room["id"].(string))
	require.NoError(t, err)
	require.Len(t, there, 2, "LiveKit lists them both")
}

// The media server then reports neither an arrival nor a departure.
func TestGuest_who_got_no_media_through_waits_again(t *testing.T) {
	t.Parallel()
	s := coretest.NewMeeting(t, "memory", coretest.Graceless)
	s.Join(s.Who["ada"].Get(coretest.LobbyRoom), nil)
	k := &coretest.Knocker{Browser: s.Anonymous()}
	k.Ask("Zoë").Waits()
	s.Decide(k.ID, true).Is(200, coretest.Decided)
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(),
		s.Server.URL+"/rtc?protocol=15&access_token="+k.Ask("Zoë").Token(), nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	_, _, err = conn.ReadMessage() // they are in
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	s.Box.Await("participant_connection_aborted")
	waitsAgain(s, k)
}
