package meetings_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/livekitdev"
)

func TestDeleted_rooms_have_no_meeting_that_is_open_to_all(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]wayIn{"told": {webhooks: true, every: time.Hour}, "not told": {every: time.Second}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMeetingBy(t, way)
			id := m.Room["id"].(string)
			token := m.Who["alan"].Get(coretest.LobbyRoom).Token()
			over := make(chan struct{}, 10)
			on := lksdk.NewRoomCallback()
			on.OnDisconnected = func() { over <- struct{}{} }
			m.Server.JoinT(t, token, on)
			require.Equal(t, http.StatusNoContent, m.Who["ada"].Send(http.MethodDelete, coretest.LobbyRoom, nil).Status)
			select {
			case <-over:
			case <-time.After(coretest.Silence):
				t.Fatal("the meeting goes on")
			}
			for _, by := range []*coretest.Browser{m.Anonymous(), m.Who["mary"], m.Who["ada"]} {
				for _, name := range []string{id, strings.ToUpper(id), "%7B" + id + "%7D", "!" + id, strings.ReplaceAll(id, "-", "")} {
					by.Get("/api/v1.0/rooms/"+name+"/").Is(404, coretest.NoRoom)
				}
			}
			require.Equal(t, http.StatusOK, m.Anonymous().Get(coretest.LobbyRoom).Status, "its name is free, for another meeting")

			// The tokens are still valid, but anybody who comes back finds no meeting.
			room, err := lksdk.ConnectToRoomWithToken(m.Server.URL, token, on, livekitdev.OnLoopback()...)
			if err == nil {
				defer room.Disconnect()
				select {
				case <-over:
				case <-time.After(coretest.Silence):
					t.Fatal("they are still there")
				}
			}
			absent(m, "alan")
		})
	}
}

// No event reports a participant who gets no media through, and yet the room of the
// meeting exists.
func TestDeleted_rooms_have_no_meeting_without_media_either(t *testing.T) {
	t.Parallel()
	m := newMeetingBy(t, wayIn{webhooks: true, every: time.Hour})
	token := m.Who["alan"].Get(coretest.LobbyRoom).Token()
	m.Server.JoinT(t, token, nil)
	require.Equal(t, http.StatusNoContent, m.Who["ada"].Send(http.MethodDelete, coretest.LobbyRoom, nil).Status)
	absent(m, "alan")
	for range 2 { // however often they come
		conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), m.Server.URL+"/rtc?protocol=15&access_token="+token, nil)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		begin := time.Now()
		for err == nil { // until they are out
			_, _, err = conn.ReadMessage()
		}
		require.Less(t, time.Since(begin), 10*time.Second, "LiveKit itself gives them up later")
		require.NoError(t, conn.Close())
	}
}

// The media server is down when the room is deleted.
func TestDeleted_rooms_meetings_end_as_soon_as_LiveKit_answers(t *testing.T) {
	t.Parallel()
	m := newMeetingBy(t, wayIn{every: time.Hour}, coretest.Engines["postgres"]) // which gateways can share
	id := m.Room["id"].(string)
	m.Server.JoinT(t, m.Who["ada"].Get(coretest.LobbyRoom).Token(), nil)
	away := coretest.Open(t, func(_ *testing.T, c *config.Config) { // a gateway that cannot reach LiveKit
		c.Database, c.Secrets, c.OIDC = m.Config.Database, m.Config.Secrets, m.Config.OIDC
	})
	require.Equal(t, http.StatusNoContent, away.SignIn("ada").Send(http.MethodDelete, coretest.LobbyRoom, nil).Status)
	m.Anonymous().Get("/api/v1.0/rooms/"+id+"/").Is(404, coretest.NoRoom)
	live := coretest.ClientOf(t, m.Server)
	require.Eventually(t, func() bool {
		list, err := live.ListRooms(t.Context(), id)
		return err == nil && len(list) == 0
	}, coretest.Silence, 10*coretest.WaitShort)
}
