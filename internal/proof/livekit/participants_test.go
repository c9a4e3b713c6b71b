package livekit_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

const (
	waitLong  = 60 * time.Second
	waitShort = 10 * time.Millisecond
)

// join makes an identity join a room, as a browser does.
func join(t *testing.T, srv *livekitdev.Server, room, identity string, on *lksdk.RoomCallback) *lksdk.Room {
	t.Helper()
	return srv.EnterT(t, lksdk.ConnectInfo{RoomName: room, ParticipantIdentity: identity, ParticipantName: "Name of " + identity}, on)
}

func TestParticipants_are_found_while_they_are_in_the_room(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	_, err := c.GetParticipant(ctx, "r", "ada")
	require.ErrorIs(t, err, livekit.ErrNotFound, "the room is not live")
	nobody, err := c.ListParticipants(ctx, "r")
	require.NoError(t, err)
	require.Empty(t, nobody)

	room := join(t, srv, "r", "ada", lksdk.NewRoomCallback())
	p, err := c.GetParticipant(ctx, "r", "ada")
	require.NoError(t, err)
	require.Equal(t, "ada", p.Identity)
	require.Equal(t, "Name of ada", p.Name)
	require.Equal(t, room.LocalParticipant.SID(), p.SID)
	require.WithinDuration(t, time.Now(), p.JoinedAt, time.Minute)
	require.False(t, p.Disconnected)
	require.True(t, p.Permission.GetCanPublish())
	_, err = c.GetParticipant(ctx, "r", "grace")
	require.ErrorIs(t, err, livekit.ErrNotFound)
	list, err := c.ListParticipants(ctx, "r")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "ada", list[0].Identity)
}

func TestUpdateParticipant_changes_what_is_named_alone(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	join(t, srv, "r", "ada", lksdk.NewRoomCallback())
	update := func(u livekit.ParticipantUpdate) livekit.Participant {
		t.Helper()
		require.NoError(t, c.UpdateParticipant(ctx, "r", "ada", u))
		p, err := c.GetParticipant(ctx, "r", "ada")
		require.NoError(t, err)
		return p
	}
	p := update(livekit.ParticipantUpdate{Metadata: `{"a":1}`, Attributes: map[string]string{"hand": "up", "color": "red"}})
	require.Equal(t, `{"a":1}`, p.Metadata)
	require.Equal(t, map[string]string{"hand": "up", "color": "red"}, p.Attributes)
	p = update(livekit.ParticipantUpdate{Name: "Ada L.", Attributes: map[string]string{"hand": ""}})
	require.Equal(t, "Ada L.", p.Name)
	require.Equal(t, `{"a":1}`, p.Metadata)
	require.Equal(t, map[string]string{"color": "red"}, p.Attributes)

	rights := p.Permission
	rights.CanPublish = false
	p = update(livekit.ParticipantUpdate{Permission: rights})
	require.False(t, p.Permission.GetCanPublish())
	require.True(t, p.Permission.GetCanSubscribe())
	require.Equal(t, "Ada L.", p.Name)
	require.ErrorIs(t, c.UpdateParticipant(ctx, "r", "grace", livekit.ParticipantUpdate{Name: "x"}), livekit.ErrNotFound)
	require.ErrorIs(t, c.UpdateParticipant(ctx, "elsewhere", "ada", livekit.ParticipantUpdate{Name: "x"}), livekit.ErrNotFound)
}

func TestMuteTrack_silences_a_published_track(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	room := join(t, srv, "r", "ada", lksdk.NewRoomCallback())
	track, err := lksdk.NewLocalTrack(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus})
	require.NoError(t, err)
	microphone, err := room.LocalParticipant.PublishTrack(track, &lksdk.TrackPublicationOptions{Source: lkproto.TrackSource_MICROPHONE})
	require.NoError(t, err)
	require.False(t, microphone.IsMuted())

	require.NoError(t, c.MuteTrack(ctx, "r", "ada", microphone.SID()))
	require.Eventually(t, microphone.IsMuted, waitLong, waitShort)
	require.NoError(t, c.MuteTrack(ctx, "r", "ada", "TR_unknown"))
	begin := time.Now()
	require.ErrorIs(t, c.MuteTrack(ctx, "r", "grace", microphone.SID()), livekit.ErrNotFound)
	require.Less(t, time.Since(begin), silence, "LiveKit itself waits for a server that has them")
}

func TestRemoveParticipant_disconnects(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	gone := make(chan lksdk.DisconnectionReason, 1)
	on := lksdk.NewRoomCallback()
	on.OnDisconnectedWithReason = func(why lksdk.DisconnectionReason) { gone <- why }
	join(t, srv, "r", "ada", on)

	require.NoError(t, c.RemoveParticipant(ctx, "r", "ada"))
	require.Equal(t, lksdk.ParticipantRemoved, <-gone)
	require.Eventually(t, func() bool {
		list, err := c.ListParticipants(ctx, "r")
		return err == nil && len(list) == 0
	}, waitLong, waitShort)
	require.ErrorIs(t, c.RemoveParticipant(ctx, "r", "ada"), livekit.ErrNotFound)
	require.ErrorIs(t, c.RemoveParticipant(ctx, "elsewhere", "ada"), livekit.ErrNotFound)
}

// Concurrent calls all find the participant; the later ones then ask a server that no
// longer has them.
func TestRemoveParticipant_by_several_at_once_is_done_for_each(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	for range 2 {
		join(t, srv, "r", "ada", lksdk.NewRoomCallback())
		errs := make([]error, 4)
		var at sync.WaitGroup
		for i := range errs {
			at.Go(func() { errs[i] = c.RemoveParticipant(t.Context(), "r", "ada") })
		}
		at.Wait()
		for _, err := range errs {
			if !errors.Is(err, livekit.ErrNotFound) { // possible for the later calls
				require.NoError(t, err)
			}
		}
	}
}

func TestSendData_reaches_everybody_in_the_room(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	got := make(chan string, 10)
	listen := func(identity string) {
		on := lksdk.NewRoomCallback()
		on.OnDataPacket = func(p lksdk.DataPacket, _ lksdk.DataReceiveParams) {
			if u, ok := p.(*lksdk.UserDataPacket); ok {
				got <- identity + " " + string(u.Payload)
			}
		}
		join(t, srv, "r", identity, on)
	}
	listen("ada")
	listen("grace")
	heard := map[string]bool{}
	require.Eventually(t, func() bool { // a client that has just joined may not be listening yet
		err := c.SendData(t.Context(), "r", []byte(`{"type": "hello"}`))
		for range len(got) {
			heard[<-got] = true
		}
		return err == nil && len(heard) == 2
	}, waitLong, 100*time.Millisecond)
	require.Equal(t, map[string]bool{`ada {"type": "hello"}`: true, `grace {"type": "hello"}`: true}, heard)
}
