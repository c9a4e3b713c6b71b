package core_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// studio is a house with a media server that sends it webhooks.
type studio struct {
	*house
	server *livekitdev.Server
	live   *livekit.Client
}

func openStudio(t *testing.T, change ...setting) *studio {
	t.Helper()
	box := newPostbox(t)
	server := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.url}})
	h := open(t, append(change, media(server))...)
	box.forward(h)
	return &studio{house: h, server: server, live: clientOf(t, server)}
}

// clientOf returns a second client of a media server.
func clientOf(t *testing.T, server *livekitdev.Server) *livekit.Client {
	c := livekit.NewClient(server.LiveKit())
	t.Cleanup(c.Close)
	return c
}

// join enters a room with a token; on, which may be nil, is told what happens there.
func (s *studio) join(token string, on *lksdk.RoomCallback) *lksdk.Room {
	s.Helper()
	return s.server.JoinT(s, token, on)
}

// participant returns somebody in a live room.
func (s *studio) participant(room, identity string) livekit.Participant {
	s.Helper()
	p, err := s.live.GetParticipant(s.Context(), room, identity)
	require.NoError(s, err)
	return p
}

// present reports whether somebody is in the room.
func (s *studio) present(room, identity string) bool {
	_, err := s.live.GetParticipant(s.Context(), room, identity)
	return !errors.Is(err, livekit.ErrNotFound)
}

// tokenOf returns the token that a browser gets for a room.
func (b *browser) tokenOf(room string) string {
	b.h.Helper()
	return b.get("/api/v1.0/rooms/" + room + "/").token()
}

// identityOf returns the identity in a token.
func (h *house) identityOf(token string) string {
	h.Helper()
	claims, err := livekit.NewVerifier(h.cfg.LiveKit.APIKey, h.cfg.LiveKit.APISecret).Verify(token)
	require.NoError(h, err)
	return claims.Identity
}

// act posts to an action of a room; a token, if given, is sent instead of the session's
// cookies.
func (b *browser) act(room, action string, body any, token ...string) answer {
	b.h.Helper()
	path := "/api/v1.0/rooms/" + room + "/" + action + "/"
	if len(token) > 0 {
		return b.send(http.MethodPost, path, body, "Authorization", "Bearer "+strings.Join(token, ""))
	}
	return b.send(http.MethodPost, path, body)
}

const success = `{"status":"success"}`

// onEachStudio runs a test in a studio on each engine.
func onEachStudio(t *testing.T, test func(s *studio)) {
	onBoth(t, func(t *testing.T, engine setting) { test(openStudio(t, engine)) })
}
