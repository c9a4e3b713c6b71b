package core_test

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
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
)

func TestCreate_refuses_what_breaks_a_rule(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine)
		ada := h.signIn("ada")
		ada.create(object{"name": "Réunion"})
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
			ada.send(http.MethodPost, "/api/v1.0/rooms/", body).is(http.StatusBadRequest, want)
		}
		a := h.anonymous().send(http.MethodPost, "/api/v1.0/rooms/", object{"name": "x"})
		a.is(http.StatusUnauthorized, noCredentials)
		require.Equal(t, "Session", a.header.Get("WWW-Authenticate"))
		require.EqualValues(t, 1, ada.get("/api/v1.0/rooms/").json()["count"], "a refused room was stored")
	})
}

func TestUpdate_and_delete_ask_for_the_role(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine) // nothing answers at the media server's address
		ada, grace, alan, mary := h.signIn("ada"), h.signIn("grace"), h.signIn("alan"), h.signIn("mary")
		room := ada.create(object{"name": "Weekly", "configuration": object{"everyone_can_mute": "yes"}})
		ada.create(object{"name": "Other"})
		h.grant(room, "grace", store.Administrator)
		h.grant(room, "alan", store.Member)
		path := "/api/v1.0/rooms/" + room["id"].(string) + "/"
		for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete} {
			h.anonymous().send(method, "/api/v1.0/rooms/unknown/", "junk").is(http.StatusUnauthorized, noCredentials)
			mary.send(method, "/api/v1.0/rooms/unknown/", "junk").is(http.StatusNotFound, noRoom)
			mary.send(method, path, "junk").is(http.StatusForbidden, forbidden)
			alan.send(method, path, "junk").is(http.StatusForbidden, forbidden)
		}
		grace.send(http.MethodPut, path, object{}).is(http.StatusBadRequest, `{"name":["This field is required."]}`)
		grace.send(http.MethodPatch, path, object{"name": "Other"}).is(http.StatusBadRequest, `{"slug":["Room with this Slug already exists."]}`)

		a := grace.send(http.MethodPatch, path, object{"access_level": "restricted", "slug": "mine", "id": "x", "pin_code": "1"})
		require.Equal(t, http.StatusOK, a.status, "the media server is down, the change is stored all the same: "+a.body)
		got := a.json()
		require.Equal(t, ruling, keys(got))
		require.Equal(t, []any{room["id"], "Weekly", "weekly", "restricted", object{"everyone_can_mute": "yes"}, nil},
			[]any{got["id"], got["name"], got["slug"], got["access_level"], got["configuration"], got["pin_code"]})
		got = ada.send(http.MethodPut, path, object{"name": "Böard"}).json()
		require.Equal(t, []any{"Böard", "board", "restricted"}, []any{got["name"], got["slug"], got["access_level"]})

		grace.send(http.MethodDelete, path, nil).is(http.StatusForbidden, forbidden)
		gone := ada.send(http.MethodDelete, path, nil)
		gone.is(http.StatusNoContent, "")
		require.Empty(t, gone.header.Get("Content-Type"))
		ada.send(http.MethodDelete, path, nil).is(http.StatusNotFound, noRoom)
	})
}

func TestUpdate_tells_the_live_room_once(t *testing.T) {
	server := livekitdev.StartT(t, livekitdev.Options{})
	h := open(t, engines["sqlite"], media(server))
	ada := h.signIn("ada")
	room := ada.create(object{"name": "Live"})
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
	require.Equal(t, http.StatusOK, ada.send(http.MethodPatch, path, object{"access_level": "trusted"}).status)
	_, found := metadata()
	require.False(t, found, "a change must not make the room live")

	_, err := rooms.CreateRoom(t.Context(), &lkproto.CreateRoomRequest{Name: id, Metadata: `{"recording_status":"started"}`})
	require.NoError(t, err)
	changes := make(chan string, 10)
	token := ada.get(path).token()
	server.JoinT(t, token, &lksdk.RoomCallback{OnRoomMetadataChanged: func(m string) { changes <- m }})

	require.Equal(t, http.StatusOK, ada.send(http.MethodPatch, path, object{"name": "Only the name"}).status)
	require.Equal(t, http.StatusOK, ada.send(http.MethodPatch, path, object{"access_level": "trusted"}).status) // as it was before
	text, _ := metadata()
	require.JSONEq(t, `{"recording_status":"started"}`, text, "nothing changed that the meeting must know")

	require.Equal(t, http.StatusOK, ada.send(http.MethodPut, path, object{
		"name": "Live", "access_level": "restricted", "configuration": object{"everyone_can_mute": false},
	}).status)
	const want = `{"recording_status":"started","access_level":"restricted","configuration":{"everyone_can_mute":false}}`
	text, _ = metadata()
	require.JSONEq(t, want, text)
	select {
	case m := <-changes:
		require.JSONEq(t, want, m)
	case <-time.After(waitLong):
		t.Fatal("the participant was not told")
	}
	require.Empty(t, changes, "told more than once")
}

// The media server accepts connections but never answers; calls may take an hour.
func TestUpdate_does_not_wait_for_a_silent_media_server(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	h := open(t, engines["sqlite"], func(_ *testing.T, c *config.Config) {
		c.LiveKit.URL, c.LiveKit.Timeout = "ws://"+l.Addr().String(), time.Hour
	})
	ada := h.signIn("ada")
	room := ada.create(object{"name": "Silent"})
	a := ada.send(http.MethodPatch, "/api/v1.0/rooms/silent/", object{"access_level": "restricted"})
	require.Equal(t, http.StatusOK, a.status)
	stored := ada.get("/api/v1.0/rooms/" + room["id"].(string) + "/")
	require.Equal(t, "restricted", stored.json()["access_level"])
	require.True(t, json.Valid([]byte(stored.body)))
}
