package core_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/livekithook"
	"foyer/internal/dev/livekitdev"
)

// posted is a webhook with the gateway's answer.
type posted struct {
	ID    string `json:"id"`
	Event string `json:"event"`
	Room  struct {
		Name string `json:"name"`
	} `json:"room"`
	Status int
}

// postbox is where the media server sends webhooks: it starts before the gateway, whose
// address it learns later.
type postbox struct {
	*testing.T
	URL  string
	to   atomic.Pointer[url.URL]
	seen chan posted
}

func NewPostbox(t *testing.T) *postbox {
	p := &postbox{T: t, seen: make(chan posted, 100)}
	s := httptest.NewServer(http.HandlerFunc(p.pass))
	t.Cleanup(s.Close)
	p.URL = s.URL + livekithook.Path
	return p
}

// Forward makes the box pass on what is posted from now on.
func (p *postbox) Forward(h *House) {
	p.Helper()
	to, err := url.Parse(h.URL)
	require.NoError(p, err)
	p.to.Store(to)
}

// pass passes a webhook on unchanged.
func (p *postbox) pass(w http.ResponseWriter, r *http.Request) {
	to := p.to.Load()
	if to == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	req, err := http.NewRequestWithContext(r.Context(), r.Method, to.String()+r.URL.Path, strings.NewReader(string(body)))
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	req.Header = r.Header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	e := posted{Status: resp.StatusCode}
	_ = json.Unmarshal(body, &e) // an invalid event shows as an empty one
	p.seen <- e
	w.WriteHeader(resp.StatusCode)
}

// Await returns the next event with the name.
func (p *postbox) Await(name string) posted {
	p.Helper()
	end := time.After(WaitLong)
	for {
		select {
		case e := <-p.seen:
			if e.Event == name {
				return e
			}
		case <-end:
			p.Fatalf("the media server did not post %s", name)
		}
	}
}

func TestMainJob_a_signed_in_user_creates_a_room_and_a_real_client_joins_it(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		box := NewPostbox(t)
		server := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.URL}})
		h := Open(t, engine, Media(server))
		box.Forward(h)

		ada := h.SignIn("ada")
		room := ada.Create(Object{"name": "Réunion A", "access_level": "trusted"})
		require.Equal(t, "reunion-a", room["slug"])
		path := "/api/v1.0/rooms/reunion-a/"
		require.Nil(t, h.Anonymous().Get(path).Livekit(), "a trusted room is not for everybody")
		guest := h.SignIn("mary").Get(path + "?username=Zo%C3%AB")
		require.Equal(t, http.StatusOK, guest.Status)
		entry, ok := room["livekit"].(Object)
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
		case <-time.After(WaitLong):
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
