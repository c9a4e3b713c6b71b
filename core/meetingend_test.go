package core_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/livekitdev"
)

const over = `{"detail":"Invalid LiveKit token: The meeting is over"}`

// asks sends the requests that a LiveKit token permits.
func (s *studio) asks(room, token string) map[string]answer {
	s.Helper()
	b := s.anonymous()
	return map[string]answer{
		"hand":      b.act(room, "toggle-hand", object{"raised": true}, token),
		"rename":    b.act(room, "rename", object{"name": "Zoë"}, token),
		"mute":      b.act(room, "mute-participant", object{"participant_identity": s.identityOf(token), "track_sid": "TR_x"}, token),
		"subtitles": b.act(room, "start-subtitle", nil, token),
	}
}

// inTheNextSecond waits for the next second: the media server and tokens have a
// resolution of one second.
func inTheNextSecond(t *testing.T) {
	t.Helper()
	second := time.Now().Unix()
	require.Eventually(t, func() bool { return time.Now().Unix() > second }, waitLong, waitShort)
}

// end ends the meeting in a later second than the one in which its tokens were issued:
// tokens have a resolution of one second.
func (s *studio) end(room string, tokens ...string) {
	s.Helper()
	inTheNextSecond(s.T)
	require.NoError(s, s.live.DeleteRoom(s.Context(), room))
	for _, token := range tokens {
		require.Eventually(s, func() bool {
			return s.anonymous().act(room, "toggle-hand", object{"raised": true}, token).status == http.StatusForbidden
		}, waitLong, waitShort)
	}
}

func TestToken_ends_with_its_meeting(t *testing.T) {
	onEachStudio(t, func(s *studio) {
		m := s.meet(object{}) // its token was issued before the media server had the room
		for name, a := range s.asks(m.id, m.token) {
			require.Equal(s, 200, a.status, "%s: %s", name, a.body)
		}
		m.room.Disconnect()
		s.end(m.id, m.token)
		for _, a := range s.asks("talk", m.token) {
			a.is(403, over)
		}
		s.anonymous().act(m.id, "rename", object{}, m.token).is(403, over)

		next := s.anonymous().tokenOf(m.id)
		require.Equal(s, 404, s.asks(m.id, next)["hand"].status, "of a meeting that is to come")
		s.join(next, nil)
		for name, a := range s.asks(m.id, next) {
			require.Equal(s, 200, a.status, "%s: %s", name, a.body)
		}
		s.join(m.token, nil) // the media server lets it in, but we do not let it do anything
		for _, a := range s.asks(m.id, m.token) {
			a.is(403, over)
		}
	})
}

func TestToken_of_a_room_that_is_not_live_does_nothing(t *testing.T) {
	s := openStudio(t, engines["sqlite"])
	s.signIn("ada").create(object{"name": "Talk"})
	for name, a := range s.asks("talk", s.anonymous().tokenOf("talk")) {
		a.is(map[string]int{"hand": 404, "rename": 404, "mute": 403, "subtitles": 404}[name], map[string]string{
			"hand": noParticipant, "rename": noParticipant, "mute": `{"error":"Could not verify caller presence"}`,
			"subtitles": `{"detail":"No live meeting in this room."}`,
		}[name])
	}
}

func TestToken_ends_with_its_meeting_when_no_webhook_tells(t *testing.T) {
	server := livekitdev.StartT(t, livekitdev.Options{}) // sends no webhooks
	h := open(t, engines["sqlite"], media(server), func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = time.Second })
	s := &studio{house: h, server: server, live: clientOf(t, server)}
	m := s.meet(object{})
	issued := time.Now().Unix()
	require.Eventually(t, func() bool { // seen alive after that
		raw, err := h.st.KVGet(t.Context(), "meeting-tokens", "seen", time.Now())
		var seen map[string]struct{ At int64 }
		return err == nil && json.Unmarshal(raw, &seen) == nil && seen[m.id].At > issued
	}, waitLong, waitShort)
	require.NoError(t, s.live.DeleteRoom(t.Context(), m.id))
	rename := func() answer { return h.anonymous().act(m.id, "rename", object{"name": "Zoë"}, m.token) }
	require.Eventually(t, func() bool { return rename().body == over }, waitLong, waitShort)
	s.join(m.token, nil)
	rename().is(403, over)
	next := h.anonymous().tokenOf(m.id)
	s.join(next, nil)
	h.anonymous().act(m.id, "rename", object{"name": "Zoë"}, next).is(200, success)
}
