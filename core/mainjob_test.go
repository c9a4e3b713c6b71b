package core_test

import (
	"net/http"
	"testing"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/internal/dev/livekitdev"
)

func TestMainJob_a_signed_in_user_creates_a_room_and_a_real_client_joins_it(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		box := coretest.NewPostbox(t)
		server := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.URL}})
		h := coretest.Open(t, engine, coretest.Media(server))
		box.Forward(h)

		ada := h.SignIn("ada")
		room := ada.Create(coretest.Object{"name": "Réunion A", "access_level": "trusted"})
		require.Equal(t, "reunion-a", room["slug"])
		path := "/api/v1.0/rooms/reunion-a/"
		require.Nil(t, h.Anonymous().Get(path).LiveKit(), "a trusted room is not for everybody")
		guest := h.SignIn("mary").Get(path + "?username=Zo%C3%AB")
		require.Equal(t, http.StatusOK, guest.Status)
		entry, ok := room["livekit"].(coretest.Object)
		require.True(t, ok)
		require.Equal(t, server.URL, entry["url"])
		require.Equal(t, room["id"], entry["room"])

		joined := make(chan *lksdk.RemoteParticipant, 1)
		owner := server.JoinT(t, entry["token"].(string), &lksdk.RoomCallback{
			OnParticipantConnected: func(p *lksdk.RemoteParticipant) { joined <- p },
		})
		require.Equal(t, room["id"], owner.Name())
		require.Equal(t, "ada", owner.LocalParticipant.Identity())
		require.Equal(t, "Ada Lane", owner.LocalParticipant.Name())
		attributes := owner.LocalParticipant.Attributes()
		require.Equal(t, "owner", attributes["room_role"])
		require.Equal(t, "true", attributes["is_authenticated"])
		require.Regexp(t, `^hsl\(\d+, \d+%, \d+%\)$`, attributes["color"])

		second := server.JoinT(t, guest.Token(), nil)
		select {
		case p := <-joined:
			require.Equal(t, "mary", p.Identity())
			require.Equal(t, "Zoë", p.Name(), "the wish is what others see")
			require.Empty(t, p.Attributes()["room_role"])
			require.True(t, p.Permissions().GetCanPublish())
			require.True(t, p.Permissions().GetCanPublishData())
			require.False(t, p.Permissions().GetCanUpdateMetadata())
			require.ElementsMatch(t, []lkproto.TrackSource{
				lkproto.TrackSource_CAMERA, lkproto.TrackSource_MICROPHONE, lkproto.TrackSource_SCREEN_SHARE, lkproto.TrackSource_SCREEN_SHARE_AUDIO,
			}, p.Permissions().GetCanPublishSources())
		case <-time.After(coretest.WaitLong):
			t.Fatal("the owner did not see the guest")
		}

		stored := func(name string) {
			t.Helper()
			e := box.Await(name)
			require.Equal(t, http.StatusOK, e.Status)
			require.Equal(t, room["id"], e.Room.Name)
			kept, err := h.Store.EventByID(t.Context(), e.ID)
			require.NoError(t, err)
			require.Equal(t, name, kept.Name)
			require.Equal(t, room["id"], kept.Room)
			require.WithinDuration(t, time.Now(), kept.ReceivedAt, time.Minute)
		}
		stored("room_started")
		stored("participant_joined")
		stored("participant_joined")
		second.Disconnect()
		stored("participant_left")
		_, err := lksdk.NewRoomServiceClient(server.HTTPURL(), server.Key, server.Secret).
			DeleteRoom(t.Context(), &lkproto.DeleteRoomRequest{Room: room["id"].(string)})
		require.NoError(t, err)
		stored("room_finished")
	})
}
