package coretest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// Studio is a house with a media server that sends it webhooks.
type Studio struct {
	*House
	Server *livekitdev.Server
	Live   *livekit.Client
}

// OpenStudio opens a house with a media server of its own.
func OpenStudio(t *testing.T, change ...Setting) *Studio {
	t.Helper()
	box := NewPostbox(t)
	server := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.URL}})
	h := Open(t, append(change, Media(server))...)
	box.Forward(h)
	return &Studio{House: h, Server: server, Live: ClientOf(t, server)}
}

// ClientOf returns a second client of a media server.
func ClientOf(t *testing.T, server *livekitdev.Server) *livekit.Client {
	c := livekit.NewClient(server.LiveKit())
	t.Cleanup(c.Close)
	return c
}

// Join enters a room with a token, and returns once the media server knows of it, which is
// a little after it lets somebody in. on, which may be nil, is told what happens there.
func (s *Studio) Join(token string, on *lksdk.RoomCallback) *lksdk.Room {
	s.Helper()
	room := s.Server.JoinT(s, token, on)
	require.Eventually(s, func() bool {
		return s.Present(room.Name(), room.LocalParticipant.Identity()) || room.ConnectionState() == lksdk.ConnectionStateDisconnected
	}, WaitLong, WaitShort)
	return room
}

// Participant returns somebody in a live room.
func (s *Studio) Participant(room, identity string) livekit.Participant {
	s.Helper()
	p, err := s.Live.GetParticipant(s.Context(), room, identity)
	require.NoError(s, err)
	return p
}

// Present reports whether somebody is in the room.
func (s *Studio) Present(room, identity string) bool {
	_, err := s.Live.GetParticipant(s.Context(), room, identity)
	return !errors.Is(err, livekit.ErrNotFound)
}

// TokenOf returns the token that a browser gets for a room.
func (b *Browser) TokenOf(room string) string {
	b.House.Helper()
	return b.Get("/api/v1.0/rooms/" + room + "/").Token()
}

// IdentityOf returns the identity in a token.
func (h *House) IdentityOf(token string) string {
	h.Helper()
	claims, err := livekit.NewVerifier(h.Config.LiveKit.APIKey, h.Config.LiveKit.APISecret).Verify(token)
	require.NoError(h, err)
	return claims.Identity
}

// Act posts to an action of a room; a token, if given, is sent instead of the session's
// cookies.
func (b *Browser) Act(room, action string, body any, token ...string) Answer {
	b.House.Helper()
	path := "/api/v1.0/rooms/" + room + "/" + action + "/"
	if len(token) > 0 {
		return b.Send(http.MethodPost, path, body, "Authorization", "Bearer "+strings.Join(token, ""))
	}
	return b.Send(http.MethodPost, path, body)
}

// OnEachStudio runs a test in a studio on each engine, at once.
func OnEachStudio(t *testing.T, test func(s *Studio)) {
	OnBoth(t, func(t *testing.T, engine Setting) { test(OpenStudio(t, engine)) })
}

// InTheNextSecond waits for the next second: the media server and tokens have a
// resolution of one second.
func InTheNextSecond(t *testing.T) {
	t.Helper()
	second := time.Now().Unix()
	require.Eventually(t, func() bool { return time.Now().Unix() > second }, WaitLong, WaitShort)
}

// Talk is a live room of ada's with a guest in it; its rules can be set.
type Talk struct {
	*Studio
	Ada   *Browser
	ID    string
	Token string // the guest's
	Guest string // the guest's identity
	Room  *lksdk.Room
}

// Meet creates a room of ada's, named "Talk" unless the fields say otherwise, which a guest
// joins.
func (s *Studio) Meet(fields Object) *Talk {
	s.Helper()
	m := &Talk{Studio: s, Ada: s.SignIn("ada")}
	if fields["name"] == nil {
		fields["name"] = "Talk"
	}
	m.ID = m.Ada.Create(fields)["id"].(string)
	m.Token = s.Anonymous().TokenOf(m.ID)
	m.Guest = s.IdentityOf(m.Token)
	m.Room = s.Join(m.Token, nil)
	return m
}

// SubtitlesOf requests subtitles with a token, without a session.
func (h *House) SubtitlesOf(room, token string) Answer {
	h.Helper()
	return h.Anonymous().Send(http.MethodPost, "/api/v1.0/rooms/"+room+"/start-subtitle/", nil, "Authorization", "Bearer "+token)
}
