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
func (s *Studio) asks(room, token string) map[string]Answer {
	s.Helper()
	b := s.Anonymous()
	return map[string]Answer{
		"hand":      b.Act(room, "toggle-hand", Object{"raised": true}, token),
		"rename":    b.Act(room, "rename", Object{"name": "Zoë"}, token),
		"mute":      b.Act(room, "mute-participant", Object{"participant_identity": s.IdentityOf(token), "track_sid": "TR_x"}, token),
		"subtitles": b.Act(room, "start-subtitle", nil, token),
	}
}

// InTheNextSecond waits for the next second: the media server and tokens have a
// resolution of one second.
func InTheNextSecond(t *testing.T) {
	t.Helper()
	second := time.Now().Unix()
	require.Eventually(t, func() bool { return time.Now().Unix() > second }, WaitLong, WaitShort)
}

// end ends the meeting in a later second than the one in which its tokens were issued:
// tokens have a resolution of one second.
func (s *Studio) end(room string, tokens ...string) {
	s.Helper()
	InTheNextSecond(s.T)
	require.NoError(s, s.Live.DeleteRoom(s.Context(), room))
	for _, token := range tokens {
		require.Eventually(s, func() bool {
			return s.Anonymous().Act(room, "toggle-hand", Object{"raised": true}, token).Status == http.StatusForbidden
		}, WaitLong, WaitShort)
	}
}

func TestToken_ends_with_its_meeting(t *testing.T) {
	OnEachStudio(t, func(s *Studio) {
		m := s.Meet(Object{}) // its token was issued before the media server had the room
		for name, a := range s.asks(m.ID, m.Token) {
			require.Equal(s, 200, a.Status, "%s: %s", name, a.Body)
		}
		m.Room.Disconnect()
		s.end(m.ID, m.Token)
		for _, a := range s.asks("talk", m.Token) {
			a.Is(403, over)
		}
		s.Anonymous().Act(m.ID, "rename", Object{}, m.Token).Is(403, over)

		next := s.Anonymous().TokenOf(m.ID)
		require.Equal(s, 404, s.asks(m.ID, next)["hand"].Status, "of a meeting that is to come")
		s.Join(next, nil)
		for name, a := range s.asks(m.ID, next) {
			require.Equal(s, 200, a.Status, "%s: %s", name, a.Body)
		}
		s.Join(m.Token, nil) // the media server lets it in, but we do not let it do anything
		for _, a := range s.asks(m.ID, m.Token) {
			a.Is(403, over)
		}
	})
}

func TestToken_of_a_room_that_is_not_live_does_nothing(t *testing.T) {
	s := OpenStudio(t, Engines["sqlite"])
	s.SignIn("ada").Create(Object{"name": "Talk"})
	for name, a := range s.asks("talk", s.Anonymous().TokenOf("talk")) {
		a.Is(map[string]int{"hand": 404, "rename": 404, "mute": 403, "subtitles": 404}[name], map[string]string{
			"hand": NoParticipant, "rename": NoParticipant, "mute": `{"error":"Could not verify caller presence"}`,
			"subtitles": `{"detail":"No live meeting in this room."}`,
		}[name])
	}
}

func TestToken_ends_with_its_meeting_when_no_webhook_tells(t *testing.T) {
	server := livekitdev.StartT(t, livekitdev.Options{}) // sends no webhooks
	h := Open(t, Engines["sqlite"], Media(server), func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = time.Second })
	s := &Studio{House: h, Server: server, Live: ClientOf(t, server)}
	m := s.Meet(Object{})
	issued := time.Now().Unix()
	require.Eventually(t, func() bool { // seen alive after that
		raw, err := h.Store.KVGet(t.Context(), "meeting-tokens", "seen", time.Now())
		var seen map[string]struct{ At int64 }
		return err == nil && json.Unmarshal(raw, &seen) == nil && seen[m.ID].At > issued
	}, WaitLong, WaitShort)
	require.NoError(t, s.Live.DeleteRoom(t.Context(), m.ID))
	rename := func() Answer { return h.Anonymous().Act(m.ID, "rename", Object{"name": "Zoë"}, m.Token) }
	require.Eventually(t, func() bool { return rename().Body == over }, WaitLong, WaitShort)
	s.Join(m.Token, nil)
	rename().Is(403, over)
	next := h.Anonymous().TokenOf(m.ID)
	s.Join(next, nil)
	h.Anonymous().Act(m.ID, "rename", Object{"name": "Zoë"}, next).Is(200, Success)
}
