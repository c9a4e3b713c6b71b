package core_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/livekitdev"
)

func TestDeleted_rooms_have_no_meeting_that_is_open_to_all(t *testing.T) {
	for name, way := range map[string]wayIn{"told": {webhooks: true, every: time.Hour}, "not told": {every: time.Second}} {
		t.Run(name, func(t *testing.T) {
			m := newMeetingBy(t, way)
			id := m.room["id"].(string)
			token := m.who["alan"].get(lobbyRoom).token()
			over := make(chan struct{}, 10)
			on := lksdk.NewRoomCallback()
			on.OnDisconnected = func() { over <- struct{}{} }
			m.server.JoinT(t, token, on)
			require.Equal(t, http.StatusNoContent, m.who["ada"].send(http.MethodDelete, lobbyRoom, nil).status)
			select {
			case <-over:
			case <-time.After(silence):
				t.Fatal("the meeting goes on")
			}
			for _, by := range []*browser{m.anonymous(), m.who["mary"], m.who["ada"]} {
				for _, name := range []string{id, strings.ToUpper(id), "%7B" + id + "%7D", "!" + id, strings.ReplaceAll(id, "-", "")} {
					by.get("/api/v1.0/rooms/"+name+"/").is(404, noRoom)
				}
			}
			require.Equal(t, http.StatusOK, m.anonymous().get(lobbyRoom).status, "its name is free, for another meeting")

			// The tokens are still valid, but anybody who comes back finds no meeting.
			room, err := lksdk.ConnectToRoomWithToken(m.server.URL, token, on, livekitdev.OnLoopback()...)
			if err == nil {
				defer room.Disconnect()
				select {
				case <-over:
				case <-time.After(silence):
					t.Fatal("they are still there")
				}
			}
			m.absent("alan")
		})
	}
}

// No event reports a participant who gets no media through, and yet the room of the
// meeting exists.
func TestDeleted_rooms_have_no_meeting_without_media_either(t *testing.T) {
	m := newMeetingBy(t, wayIn{webhooks: true, every: time.Hour})
	token := m.who["alan"].get(lobbyRoom).token()
	m.server.JoinT(t, token, nil)
	require.Equal(t, http.StatusNoContent, m.who["ada"].send(http.MethodDelete, lobbyRoom, nil).status)
	m.absent("alan")
	for range 2 { // however often they come
		conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), m.server.URL+"/rtc?protocol=15&access_token="+token, nil)
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
	m := newMeetingBy(t, wayIn{every: time.Hour}, engines["postgres"]) // which gateways can share
	id := m.room["id"].(string)
	m.server.JoinT(t, m.who["ada"].get(lobbyRoom).token(), nil)
	away := open(t, func(_ *testing.T, c *config.Config) { // a gateway that cannot reach LiveKit
		c.Database, c.Secrets, c.OIDC = m.cfg.Database, m.cfg.Secrets, m.cfg.OIDC
	})
	require.Equal(t, http.StatusNoContent, away.signIn("ada").send(http.MethodDelete, lobbyRoom, nil).status)
	m.anonymous().get("/api/v1.0/rooms/"+id+"/").is(404, noRoom)
	live := clientOf(t, m.server)
	require.Eventually(t, func() bool {
		list, err := live.ListRooms(t.Context(), id)
		return err == nil && len(list) == 0
	}, silence, 10*waitShort)
}
