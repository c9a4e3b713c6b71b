package rooms_test

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
)

func TestCreate_refuses_what_breaks_a_rule(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		ada := h.SignIn("ada")
		ada.Create(coretest.Object{"name": "Réunion"})
		for body, want := range map[string]string{
			`{}`:                                 `{"name":["This field is required."]}`,
			`{"name":null}`:                      `{"name":["This field may not be null."]}`,
			`{"name":"  "}`:                      `{"name":["This field may not be blank."]}`,
			`{"name":["a"]}`:                     `{"name":["Not a valid string."]}`,
			`{"name":"reunion"}`:                 `{"slug":["Room with this Slug already exists."]}`,
			`{"name":"a\u0000b"}`:                `{"name":["Null characters are not allowed."]}`,
			`{"name":"x","access_level":"open"}`: `{"access_level":["\"open\" is not a valid choice."]}`,
			`{"name":"x","configuration":null}`:  `{"configuration":["This field may not be null."]}`,
			`{"name":"` + strings.Repeat("a", 501) + `"}`:     `{"name":["Ensure this field has no more than 500 characters."]}`,
			`{"name":"` + strings.Repeat("a", 101) + `"}`:     `{"slug":["Ensure this value has at most 100 characters (it has 101)."]}`,
			`{"name":"0b6d1f0e-0000-4000-8000-00000000000a"}`: `{"name":["Room name \"0b6d1f0e-0000-4000-8000-00000000000a\" is reserved."]}`,
		} {
			ada.Send(http.MethodPost, "/api/v1.0/rooms/", body).Is(http.StatusBadRequest, want)
		}
		a := h.Anonymous().Send(http.MethodPost, "/api/v1.0/rooms/", coretest.Object{"name": "x"})
		a.Is(http.StatusUnauthorized, coretest.NoCredentials)
		require.Equal(t, "Session", a.Header.Get("WWW-Authenticate"))
		require.EqualValues(t, 1, ada.Get("/api/v1.0/rooms/").JSON()["count"], "a refused room was stored")
	})
}

func TestUpdate_and_delete_ask_for_the_role(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine) // nothing answers at the media server's address
		ada, grace, alan, mary := h.SignIn("ada"), h.SignIn("grace"), h.SignIn("alan"), h.SignIn("mary")
		room := ada.Create(coretest.Object{"name": "Weekly", "configuration": coretest.Object{"everyone_can_mute": "yes"}})
		ada.Create(coretest.Object{"name": "Other"})
		h.Grant(room, "grace", store.Administrator)
		h.Grant(room, "alan", store.Member)
		path := "/api/v1.0/rooms/" + room["id"].(string) + "/"
		for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete} {
			h.Anonymous().Send(method, "/api/v1.0/rooms/unknown/", "junk").Is(http.StatusUnauthorized, coretest.NoCredentials)
			mary.Send(method, "/api/v1.0/rooms/unknown/", "junk").Is(http.StatusNotFound, coretest.NoRoom)
			mary.Send(method, path, "junk").Is(http.StatusForbidden, coretest.Forbidden)
			alan.Send(method, path, "junk").Is(http.StatusForbidden, coretest.Forbidden)
		}
		grace.Send(http.MethodPut, path, coretest.Object{}).Is(http.StatusBadRequest, `{"name":["This field is required."]}`)
		grace.Send(http.MethodPatch, path, coretest.Object{"name": "Other"}).Is(http.StatusBadRequest, `{"slug":["Room with this Slug already exists."]}`)

		a := grace.Send(http.MethodPatch, path, coretest.Object{"access_level": "restricted", "slug": "mine", "id": "x", "pin_code": "1"})
		require.Equal(t, http.StatusOK, a.Status, "the media server is down, the change is stored all the same: "+a.Body)
		got := a.JSON()
		require.Equal(t, ruling, coretest.Keys(got))
		require.Equal(t, []any{room["id"], "Weekly", "weekly", "restricted", coretest.Object{"everyone_can_mute": "yes"}, nil},
			[]any{got["id"], got["name"], got["slug"], got["access_level"], got["configuration"], got["pin_code"]})
		got = ada.Send(http.MethodPut, path, coretest.Object{"name": "Böard"}).JSON()
		require.Equal(t, []any{"Böard", "board", "restricted"}, []any{got["name"], got["slug"], got["access_level"]})

		grace.Send(http.MethodDelete, path, nil).Is(http.StatusForbidden, coretest.Forbidden)
		gone := ada.Send(http.MethodDelete, path, nil)
		gone.Is(http.StatusNoContent, "")
		require.Empty(t, gone.Header.Get("Content-Type"))
		ada.Send(http.MethodDelete, path, nil).Is(http.StatusNotFound, coretest.NoRoom)
	})
}

func TestUpdate_tells_the_live_room_once(t *testing.T) {
	t.Parallel()
	server := livekitdev.StartT(t, livekitdev.Options{})
	h := coretest.Open(t, coretest.Engines["sqlite"], coretest.Media(server))
	ada := h.SignIn("ada")
	room := ada.Create(coretest.Object{"name": "Live"})
	id := room["id"].(string)
	rooms := lksdk.NewRoomServiceClient(server.HTTPURL(), server.Key, server.Secret)
	path := "/api/v1.0/rooms/" + id + "/"
	metadata := func() (text string, found bool) {
		list, err := rooms.ListRooms(t.Context(), &lkproto.ListRoomsRequest{Names: []string{id}})
		require.NoError(t, err)
		if len(list.GetRooms()) == 0 {
			return "", false
		}
		return list.GetRooms()[0].GetMetadata(), true
	}
	require.Equal(t, http.StatusOK, ada.Send(http.MethodPatch, path, coretest.Object{"access_level": "trusted"}).Status)
	_, found := metadata()
	require.False(t, found, "a change must not make the room live")

	_, err := rooms.CreateRoom(t.Context(), &lkproto.CreateRoomRequest{Name: id, Metadata: `{"recording_status":"started"}`})
	require.NoError(t, err)
	changes := make(chan string, 10)
	token := ada.Get(path).Token()
	server.JoinT(t, token, &lksdk.RoomCallback{OnRoomMetadataChanged: func(m string) { changes <- m }})

	require.Equal(t, http.StatusOK, ada.Send(http.MethodPatch, path, coretest.Object{"name": "Only the name"}).Status)
	require.Equal(t, http.StatusOK, ada.Send(http.MethodPatch, path, coretest.Object{"access_level": "trusted"}).Status) // as it was before
	text, _ := metadata()
	require.JSONEq(t, `{"recording_status":"started"}`, text, "nothing changed that the meeting must know")

	require.Equal(t, http.StatusOK, ada.Send(http.MethodPut, path, coretest.Object{
		"name": "Live", "access_level": "restricted", "configuration": coretest.Object{"everyone_can_mute": false},
	}).Status)
	const want = `{"recording_status":"started","access_level":"restricted","configuration":{"everyone_can_mute":false}}`
	text, _ = metadata()
	require.JSONEq(t, want, text)
	select {
	case m := <-changes:
		require.JSONEq(t, want, m)
	case <-time.After(coretest.WaitLong):
		t.Fatal("the participant was not told")
	}
	require.Empty(t, changes, "told more than once")
}

// The media server accepts connections but never answers; calls may take an hour.
func TestUpdate_does_not_wait_for_a_silent_media_server(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	h := coretest.Open(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) {
		c.LiveKit.URL, c.LiveKit.Timeout = "ws://"+l.Addr().String(), time.Hour
	})
	ada := h.SignIn("ada")
	room := ada.Create(coretest.Object{"name": "Silent"})
	a := ada.Send(http.MethodPatch, "/api/v1.0/rooms/silent/", coretest.Object{"access_level": "restricted"})
	require.Equal(t, http.StatusOK, a.Status)
	stored := ada.Get("/api/v1.0/rooms/" + room["id"].(string) + "/")
	require.Equal(t, "restricted", stored.JSON()["access_level"])
	require.True(t, json.Valid([]byte(stored.Body)))
}
