package meetings_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/livekitdev"
)

const over = `{"detail":"Invalid LiveKit token: The meeting is over"}`

// asks sends the requests that a LiveKit token permits.
func asks(s *coretest.Studio, room, token string) map[string]coretest.Answer {
	s.Helper()
	b := s.Anonymous()
	return map[string]coretest.Answer{
		"hand":      b.Act(room, "toggle-hand", coretest.Object{"raised": true}, token),
		"rename":    b.Act(room, "rename", coretest.Object{"name": "Zoë"}, token),
		"mute":      b.Act(room, "mute-participant", coretest.Object{"participant_identity": s.IdentityOf(token), "track_sid": "TR_x"}, token),
		"subtitles": b.Act(room, "start-subtitle", nil, token),
	}
}

// endMeeting ends the meeting in a later second than the one in which its tokens were issued:
// tokens have a resolution of one second.
func endMeeting(s *coretest.Studio, room string, tokens ...string) {
	s.Helper()
	coretest.InTheNextSecond(s.T)
	require.NoError(s, s.Live.DeleteRoom(s.Context(), room))
	for _, token := range tokens {
		require.Eventually(s, func() bool {
			return s.Anonymous().Act(room, "toggle-hand", coretest.Object{"raised": true}, token).Status == http.StatusForbidden
		}, coretest.WaitLong, coretest.WaitShort)
	}
}

func TestToken_ends_with_its_meeting(t *testing.T) {
	t.Parallel()
	coretest.OnEachStudio(t, func(s *coretest.Studio) {
		m := s.Meet(coretest.Object{}) // its token was issued before the media server had the room
		for name, a := range asks(s, m.ID, m.Token) {
			require.Equal(s, 200, a.Status, "%s: %s", name, a.Body)
		}
		m.Room.Disconnect()
		endMeeting(s, m.ID, m.Token)
		for _, a := range asks(s, "talk", m.Token) {
			a.Is(403, over)
		}
		s.Anonymous().Act(m.ID, "rename", coretest.Object{}, m.Token).Is(403, over)

		next := s.Anonymous().TokenOf(m.ID)
		require.Equal(s, 404, asks(s, m.ID, next)["hand"].Status, "of a meeting that is to come")
		s.Join(next, nil)
		for name, a := range asks(s, m.ID, next) {
			require.Equal(s, 200, a.Status, "%s: %s", name, a.Body)
		}
		s.Join(m.Token, nil) // the media server lets it in, but we do not let it do anything
		for _, a := range asks(s, m.ID, m.Token) {
			a.Is(403, over)
		}
	})
}

func TestToken_of_a_room_that_is_not_live_does_nothing(t *testing.T) {
	t.Parallel()
	s := coretest.OpenStudio(t, coretest.Engines["sqlite"])
	s.SignIn("ada").Create(coretest.Object{"name": "Talk"})
	for name, a := range asks(s, "talk", s.Anonymous().TokenOf("talk")) {
		a.Is(map[string]int{"hand": 404, "rename": 404, "mute": 403, "subtitles": 404}[name], map[string]string{
			"hand": coretest.NoParticipant, "rename": coretest.NoParticipant, "mute": `{"error":"Could not verify caller presence"}`,
			"subtitles": `{"detail":"No live meeting in this room."}`,
		}[name])
	}
}

func TestToken_ends_with_its_meeting_when_no_webhook_tells(t *testing.T) {
	t.Parallel()
	server := livekitdev.StartT(t, livekitdev.Options{}) // sends no webhooks
	h := coretest.Open(t, coretest.Engines["sqlite"], coretest.Media(server), func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = time.Second })
	s := &coretest.Studio{House: h, Server: server, Live: coretest.ClientOf(t, server)}
	m := s.Meet(coretest.Object{})
	issued := time.Now().Unix()
	require.Eventually(t, func() bool { // seen alive after that
		raw, err := h.Store.KVGet(t.Context(), "meeting-tokens", "seen", time.Now())
		var seen map[string]struct{ At int64 }
		return err == nil && json.Unmarshal(raw, &seen) == nil && seen[m.ID].At > issued
	}, coretest.WaitLong, coretest.WaitShort)
	require.NoError(t, s.Live.DeleteRoom(t.Context(), m.ID))
	rename := func() coretest.Answer {
		return h.Anonymous().Act(m.ID, "rename", coretest.Object{"name": "Zoë"}, m.Token)
	}
	require.Eventually(t, func() bool { return rename().Body == over }, coretest.WaitLong, coretest.WaitShort)
	s.Join(m.Token, nil)
	rename().Is(403, over)
	next := h.Anonymous().TokenOf(m.ID)
	s.Join(next, nil)
	h.Anonymous().Act(m.ID, "rename", coretest.Object{"name": "Zoë"}, next).Is(200, coretest.Success)
}
