package livekitdev

import (
	"testing"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

// OnLoopback returns the options for clients that join rooms here: the server has no
// regions, and on a busy machine a client may take longer than the SDK's 5 s.
func OnLoopback() []lksdk.ConnectOption {
	return []lksdk.ConnectOption{lksdk.WithDisableRegionDiscovery(), lksdk.WithConnectTimeout(connectTime)}
}

const connectTime = time.Minute

// JoinT joins the room of a token; the client leaves with the test. on may be nil. It
// returns once the server has stored the participant as active: until then that write may
// race with other changes, and a participant removed at once may stay on its list forever.
func (s *Server) JoinT(t testing.TB, token string, on *lksdk.RoomCallback) *lksdk.Room {
	t.Helper()
	room, err := lksdk.ConnectToRoomWithToken(s.URL, token, on, OnLoopback()...)
	return s.joined(t, room, err)
}

// EnterT is JoinT for the participant who describes, with the server's own key.
func (s *Server) EnterT(t testing.TB, who lksdk.ConnectInfo, on *lksdk.RoomCallback) *lksdk.Room {
	t.Helper()
	who.APIKey, who.APISecret = s.Key, s.Secret
	room, err := lksdk.ConnectToRoom(s.URL, who, on, OnLoopback()...)
	return s.joined(t, room, err)
}

func (s *Server) joined(t testing.TB, room *lksdk.Room, err error) *lksdk.Room {
	t.Helper()
	if err != nil {
		t.Fatalf("join a room: %v", err)
	}
	t.Cleanup(room.Disconnect)
	who := &lkproto.RoomParticipantIdentity{Room: room.Name(), Identity: room.LocalParticipant.Identity()}
	rooms := lksdk.NewRoomServiceClient(s.HTTPURL(), s.Key, s.Secret)
	for end := time.Now().Add(connectTime); ; time.Sleep(5 * time.Millisecond) {
		p, err := rooms.GetParticipant(t.Context(), who)
		if err == nil && p.GetState() == lkproto.ParticipantInfo_ACTIVE {
			return room
		}
		if time.Now().After(end) {
			t.Fatalf("%s is not active in %s: %v, %v", who.GetIdentity(), who.GetRoom(), p.GetState(), err)
		}
	}
}
