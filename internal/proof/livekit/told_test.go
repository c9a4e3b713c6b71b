package livekit_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	lkauth "github.com/livekit/protocol/auth"
	upstream "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
	"foyer/sdk/livekit/lkproto"
)

func TestTold_of_a_track_the_participant_is_a_stub(t *testing.T) {
	box := newInbox(t)
	srv := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.url}})
	room := srv.EnterT(t, lksdk.ConnectInfo{
		RoomName: "r", ParticipantIdentity: "ada", ParticipantName: "Ada", ParticipantAttributes: map[string]string{"color": "red"},
	}, nil)
	joined := box.await("participant_joined").GetParticipant()
	require.Equal(t, "Ada", joined.GetName())
	require.Equal(t, map[string]string{"color": "red"}, joined.GetAttributes())
	require.NotNil(t, joined.GetPermission())

	track, err := lksdk.NewLocalTrack(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus})
	require.NoError(t, err)
	microphone, err := room.LocalParticipant.PublishTrack(track, &lksdk.TrackPublicationOptions{Source: upstream.TrackSource_MICROPHONE})
	require.NoError(t, err)
	go func() { // it counts as published from the first packet on
		for range time.Tick(20 * time.Millisecond) {
			if t.Context().Err() != nil || sample(track) != nil {
				return
			}
		}
	}()
	stub := func(e *lkproto.WebhookEvent) {
		t.Helper()
		p := e.GetParticipant()
		require.Equal(t, "ada", p.GetIdentity())
		require.Equal(t, joined.GetSid(), p.GetSid())
		require.Empty(t, p.GetName())
		require.Empty(t, p.GetAttributes())
		require.Nil(t, p.GetPermission(), "which is no word on what they may do")
		require.Zero(t, p.GetJoinedAt())
		require.Equal(t, lkproto.ParticipantInfo_JOINING, p.GetState(), "nor is that where they are")
		require.Equal(t, microphone.SID(), e.GetTrack().GetSid())
	}
	stub(box.await("track_published"))
	require.NoError(t, room.LocalParticipant.UnpublishTrack(microphone.SID()))
	stub(box.await("track_unpublished"))
}

// sample is a packet of silence.
func sample(track *lksdk.LocalTrack) error {
	return track.WriteSample(media.Sample{Data: []byte{0xf8, 0xff, 0xfe}, Duration: 20 * time.Millisecond}, nil)
}

// signal joins without any media getting through, as behind a firewall that passes only
// web traffic.
func signal(t *testing.T, srv *livekitdev.Server, token string) *websocket.Conn {
	t.Helper()
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), srv.URL+"/rtc?protocol=15&auto_subscribe=1&access_token="+token, nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	t.Cleanup(func() { _ = conn.Close() })
	_, _, err = conn.ReadMessage() // the server has let them in
	require.NoError(t, err)
	return conn
}

func TestTold_of_who_never_gets_media_through_is_an_aborted_connection_alone(t *testing.T) {
	box := newInbox(t)
	srv := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.url}})
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	conn := signal(t, srv, granted(t, srv, "ada", lkauth.VideoGrant{}))
	p, err := c.GetParticipant(t.Context(), "r", "ada")
	require.NoError(t, err)
	require.Equal(t, "ada", p.Identity, "meanwhile they are listed")
	require.NoError(t, conn.Close())
	e := box.await("participant_joined", "participant_left", "participant_connection_aborted")
	require.Equal(t, "participant_connection_aborted", e.GetEvent())
	require.Equal(t, "ada", e.GetParticipant().GetIdentity())
	require.NoError(t, c.DeleteRoom(t.Context(), "r"))
	require.Equal(t, "room_finished", box.await("participant_joined", "participant_left", "room_finished").GetEvent())
}

// A gateway that is down for longer than that has to ask.
func TestTold_again_is_what_was_refused_for_15_seconds_and_then_never(t *testing.T) {
	box := newInbox(t)
	var mu sync.Mutex
	var tries []time.Time
	box.refuse = func(e *lkproto.WebhookEvent) bool {
		if e.GetEvent() != "room_started" {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		tries = append(tries, time.Now())
		return true
	}
	srv := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.url}})
	join(t, srv, "r", "ada", nil)
	box.await("participant_joined") // queued behind the refused one
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, tries, 5)
	require.InDelta(t, 15, tries[4].Sub(tries[0]).Seconds(), 5)
}

func TestTold_by_the_list_the_number_of_participants_is_some_seconds_old(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	counted := func() int {
		t.Helper()
		rooms, err := c.ListRooms(t.Context(), "r")
		require.NoError(t, err)
		return rooms[0].Participants
	}
	old := false
	n := 0
	for !old && n < 20 { // the count may have been updated just now
		n++
		join(t, srv, "r", strings.Repeat("x", n), nil)
		old = counted() < n
	}
	require.True(t, old)
	require.Eventually(t, func() bool { return counted() == n }, waitLong, waitShort)
}
