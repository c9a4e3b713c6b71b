package livekit_test

import (
	"sync"
	"testing"
	"time"

	lkauth "github.com/livekit/protocol/auth"
	upstream "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
	"foyer/sdk/livekit/lkproto"
)

// granted returns a token for room r with that grant, as any token library makes it.
func granted(t *testing.T, srv *livekitdev.Server, identity string, grant lkauth.VideoGrant) string {
	t.Helper()
	grant.Room, grant.RoomJoin = "r", true
	token, err := lkauth.NewAccessToken(srv.Key, srv.Secret).SetIdentity(identity).SetVideoGrant(&grant).ToJWT()
	require.NoError(t, err)
	return token
}

// publishes reports whether the server accepts a track from the source. It drops others
// silently.
func publishes(t *testing.T, room *lksdk.Room, source lkproto.TrackSource) bool {
	kind := webrtc.MimeTypeOpus
	if source == lkproto.TrackSource_CAMERA {
		kind = webrtc.MimeTypeVP8
	}
	track, err := lksdk.NewLocalTrack(webrtc.RTPCodecCapability{MimeType: kind})
	if err != nil {
		t.Error(err)
		return false
	}
	_, err = room.LocalParticipant.PublishTrack(track, &lksdk.TrackPublicationOptions{Source: upstream.TrackSource(source)})
	return err == nil
}

// The answers are LiveKit's own: code that gets them wrong opens everything, or nothing.
func TestSources_mean_what_LiveKit_takes_them_for(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	const camera, microphone = lkproto.TrackSource_CAMERA, lkproto.TrackSource_MICROPHONE
	yes, no := new(true), new(false)
	ours := func(sources ...string) func(string) string {
		return func(identity string) string {
			token, err := livekit.NewTokens(srv.Key, srv.LiveKit().APISecret).Issue(livekit.TokenRequest{
				Room: "r", Identity: identity, Sources: sources, TTL: time.Hour,
			})
			require.NoError(t, err)
			return token
		}
	}
	theirs := func(may *bool, sources ...string) func(string) string {
		return func(identity string) string {
			return granted(t, srv, identity, lkauth.VideoGrant{CanPublish: may, CanPublishSources: sources})
		}
	}
	tests := map[string]struct {
		token  func(identity string) string
		update *lkproto.ParticipantPermission // nil = none
		open   map[lkproto.TrackSource]bool
	}{
		"a list":                      {theirs(yes, "camera"), nil, map[lkproto.TrackSource]bool{camera: true, microphone: false}},
		"an empty list is everything": {theirs(yes), nil, map[lkproto.TrackSource]bool{camera: true, microphone: true}},
		"an unknown name is nothing":  {theirs(yes, "hologram"), nil, map[lkproto.TrackSource]bool{camera: false}},
		"a name in capitals as well":  {theirs(yes, "CAMERA"), nil, map[lkproto.TrackSource]bool{camera: false}},
		"only can_publish is nothing": {theirs(no), nil, map[lkproto.TrackSource]bool{camera: false}},
		"an update with an empty list": {
			theirs(yes, "microphone"), &lkproto.ParticipantPermission{CanPublish: true, CanSubscribe: true}, map[lkproto.TrackSource]bool{camera: true},
		},
		"an update that forbids": {
			theirs(yes), &lkproto.ParticipantPermission{CanSubscribe: true}, map[lkproto.TrackSource]bool{camera: false},
		},
		"ours with a list":         {ours("camera"), nil, map[lkproto.TrackSource]bool{camera: true, microphone: false}},
		"ours with an empty list":  {ours(), nil, map[lkproto.TrackSource]bool{camera: false}},
		"ours with unknown names":  {ours("hologram", "CAMERA", "unknown"), nil, map[lkproto.TrackSource]bool{camera: false}},
		"ours with one that is no": {ours("hologram", "camera"), nil, map[lkproto.TrackSource]bool{camera: true, microphone: false}},
	}
	var at sync.WaitGroup // a client takes 10 s to notice a dropped track
	for name, test := range tests {
		room := srv.JoinT(t, test.token(name), nil)
		if test.update != nil {
			require.NoError(t, c.UpdateParticipant(t.Context(), "r", name, livekit.ParticipantUpdate{Permission: test.update}))
		}
		for source, open := range test.open {
			at.Go(func() {
				if publishes(t, room, source) != open {
					t.Errorf("%s: %v is open: %v", name, source, !open)
				}
			})
		}
	}
	at.Wait()
}

func TestSourceOf_knows_the_names_of_tokens(t *testing.T) {
	for name, want := range map[string]lkproto.TrackSource{
		"camera": lkproto.TrackSource_CAMERA, "microphone": lkproto.TrackSource_MICROPHONE,
		"screen_share": lkproto.TrackSource_SCREEN_SHARE, "screen_share_audio": lkproto.TrackSource_SCREEN_SHARE_AUDIO,
		"Camera": 0, "unknown": 0, "hologram": 0, "": 0,
	} {
		source, known := livekit.SourceOf(name)
		require.Equal(t, want, source, name)
		require.Equal(t, want != 0, known, name)
	}
}
