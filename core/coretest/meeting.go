package coretest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/livekitdev"
)

// Graceless is a gateway where guests who leave have to ask again.
func Graceless(_ *testing.T, c *config.Config) { c.Lobby.Grace = 0 }

// RoomID is the id of the staffed room.
func (s *Staff) RoomID() uuid.UUID { return uuid.MustParse(s.Room["id"].(string)) }

// AwaitSeat returns once the gateway knows that somebody is in the meeting.
func (m *Meeting) AwaitSeat(identity string) {
	m.Helper()
	require.Eventually(m, func() bool {
		t, err := m.Store.StandingOf(m.Context(), m.RoomID(), identity, time.Now())
		return err == nil && t.Seat != ""
	}, Silence, 10*WaitShort)
}

// Meeting is a staffed house and a media server that sends it webhooks.
type Meeting struct {
	*Staff
	Server *livekitdev.Server
	Box    *Postbox
}

// NewMeeting opens the house with one of Lobbies.
func NewMeeting(t *testing.T, kept string, change ...Setting) *Meeting {
	t.Helper()
	box := NewPostbox(t)
	server := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.URL}})
	h := Open(t, append(change, Lobbies[kept], Media(server), Patient)...)
	box.Forward(h)
	return &Meeting{NewStaff(h), server, box}
}

// Join joins the meeting with the token in an answer, and returns once the media server
// has reported it: it reports nothing about participants who leave before that. heard
// may be nil.
func (m *Meeting) Join(a Answer, heard chan<- string) *lksdk.Room {
	m.Helper()
	callback := lksdk.NewRoomCallback()
	if heard != nil {
		callback.OnDataPacket = func(data lksdk.DataPacket, _ lksdk.DataReceiveParams) {
			if p, ok := data.(*lksdk.UserDataPacket); ok {
				heard <- p.Topic + string(p.Payload)
			}
		}
	}
	room := m.Server.JoinT(m, a.Token(), callback)
	m.Box.Await("participant_joined")
	return room
}

// Silence is a little longer than the media server may take to miss a client whose
// goodbye was lost.
const Silence = time.Minute
