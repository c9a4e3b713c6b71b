package externalapi_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/sdk/livekit"
)

func TestUpdate_row_by_row(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{})
		room := w.create("calendar", "ada", nil)
		id := room["id"].(string)
		path := roomsPath + id + "/"
		w.frontend("grace", "taken")
		ada := w.token("calendar", "ada", "rooms:update")
		change := func(token, method string, body any) answer { return w.send(token, method, path, body) }
		shown := func(name, slug, level, configuration string) string {
			return fmt.Sprintf(`{"id":"%s","name":"%s","slug":"%s","access_level":"%s","configuration":%s}`, id, name, slug, level, configuration)
		}
		change(ada, "PATCH", object{"name": "Réunion A"}).is(200, shown("Réunion A", "reunion-a", "trusted", "{}"))
		change(ada, "PATCH", object{"access_level": "restricted", "id": "x"}).is(200, shown("Réunion A", "reunion-a", "restricted", "{}"))
		change(ada, "PUT", object{"name": "B", "configuration": object{"can_publish_sources": []string{}}}).
			is(200, shown("B", "b", "restricted", `{"can_publish_sources":[]}`))
		change(ada, "PATCH", object{}).is(200, shown("B", "b", "restricted", `{"can_publish_sources":[]}`))
		for _, x := range []struct {
			method string
			body   any
			want   string
		}{
			{"PUT", object{}, `{"name":["This field is required."]}`},
			{"PATCH", object{"name": " "}, `{"name":["This field may not be blank."]}`},
			{"PATCH", object{"name": "Taken!"}, `{"slug":["Room with this Slug already exists."]}`},
			{"PATCH", object{"name": id}, `{"name":["Room name \"` + id + `\" is reserved."]}`},
			{"PATCH", object{"access_level": "public"}, `{"access_level":["Public rooms are disabled for the external API."]}`},
			{"PATCH", object{"access_level": "x", "configuration": nil}, `{"access_level":["\"x\" is not a valid choice."],"configuration":["This field may not be null."]}`},
		} {
			change(ada, x.method, x.body).is(400, x.want)
		}
		change(w.token("planner", "ada", "rooms:update"), "PATCH", "not JSON").is(404, noRoom)
		change(w.token("calendar", "grace", "rooms:update"), "PATCH", "not JSON").is(403, forbidden)
		w.share(id, "grace", store.Member)
		change(w.token("calendar", "grace", "rooms:update rooms:list:all"), "PATCH", "not JSON").is(403, forbidden)

		public := w.frontend("ada", "public-already")
		all := w.token("planner", "ada", "rooms:update rooms:list:all")
		got := w.send(all, "PATCH", roomsPath+public.ID.String()+"/", object{"name": "Renamed", "access_level": "public"}).json(200)
		require.Equal(t, "public", got["access_level"], "it is nothing new")
	})
}

func TestWrites_are_guarded_by_entity_tags(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{})
		created := w.send(w.token("calendar", "ada", "rooms:create"), "POST", roomsPath, nil)
		path := roomsPath + created.json(201)["id"].(string) + "/"
		token := w.token("calendar", "ada", "rooms:update rooms:delete rooms:retrieve")
		const changed = `{"detail":"The room was changed meanwhile."}`
		old := created.Header.Get("ETag")
		require.Equal(t, old, w.get(token, path).Header.Get("ETag"))
		a := w.send(token, "PATCH", path, object{"name": "one"}, "If-Match", `"x", `+old)
		require.Equal(t, 200, a.Status, a.Body)
		now := a.Header.Get("ETag")
		require.NotEqual(t, old, now)
		for _, match := range []string{old, `"x"`, "W/" + now, "x", ""} {
			w.send(token, "PATCH", path, object{"name": "two"}, "If-Match", match).is(412, changed)
			w.send(token, "DELETE", path, nil, "If-Match", match).is(412, changed)
		}
		w.send(token, "PATCH", path, object{"name": ""}, "If-Match", old).is(400, `{"name":["This field may not be blank."]}`)
		require.Equal(t, 200, w.send(token, "PATCH", path, object{"name": "three"}, "If-Match", "*").Status)
		w.send(token, "PATCH", path, object{"name": "four"}, "If-Match", now).is(412, changed)
		now = w.get(token, path).Header.Get("ETag")
		require.Equal(t, 204, w.send(token, "DELETE", path, nil, "If-Match", now).Status)
		w.send(token, "DELETE", path, nil, "If-Match", now).is(404, noRoom)
	})
}

func TestDelete_row_by_row(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{})
		room := w.create("calendar", "ada", nil)
		path := roomsPath + room["id"].(string) + "/"
		own := w.frontend("ada", "made-at-the-frontend")
		w.share(room["id"], "grace", store.Administrator)
		w.send(w.token("planner", "ada", "rooms:delete"), "DELETE", path, nil).is(404, noRoom)
		w.send(w.token("planner", "ada", "rooms:delete rooms:list:all"), "DELETE", path, nil).is(403, forbidden)
		w.send(w.token("calendar", "grace", "rooms:delete rooms:list:all"), "DELETE", path, nil).is(403, forbidden)
		w.send(w.token("calendar", "ada", "rooms:delete rooms:list:all"), "DELETE", roomsPath+own.ID.String()+"/", nil).is(403, forbidden)
		a := w.send(w.token("calendar", "ada", "rooms:delete"), "DELETE", path, nil).is(204, "")
		require.Empty(t, a.Header.Get("Content-Type"))
		w.get(w.token("calendar", "ada", "rooms:retrieve"), path).is(404, noRoom)
	})
}

// join makes a room live, and signals when it has ended.
func join(t *testing.T, room any) (ended chan struct{}) {
	ended = make(chan struct{})
	cb := lksdk.NewRoomCallback()
	cb.OnDisconnected = func() { close(ended) }
	media.EnterT(t, lksdk.ConnectInfo{RoomName: fmt.Sprint(room), ParticipantIdentity: "ada"}, cb)
	return ended
}

func isLive(t *testing.T, room any) bool {
	c := livekit.NewClient(media.LiveKit())
	defer c.Close()
	rooms, err := c.ListRooms(context.Background(), fmt.Sprint(room))
	require.NoError(t, err)
	return len(rooms) > 0
}

func waitFor(t *testing.T, what chan struct{}) {
	t.Helper()
	select {
	case <-what:
	case <-time.After(30 * time.Second):
		require.FailNow(t, "it does not happen")
	}
}

func TestDelete_ends_the_meeting(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{})
		room := w.create("calendar", "ada", nil)
		ended := join(t, room["id"])
		require.True(t, isLive(t, room["id"]))
		w.send(w.token("calendar", "ada", "rooms:delete"), "DELETE", roomsPath+room["id"].(string)+"/", nil).is(204, "")
		waitFor(t, ended)
		require.False(t, isLive(t, room["id"]))
	})
}

func TestWrites_are_audited(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{provider: true})
		room := w.create("calendar", "ada", nil)
		path := roomsPath + room["id"].(string) + "/"
		w.send(w.token("calendar", "ada", "rooms:update"), "PATCH", path, object{"name": "x"}).json(200)
		w.send(w.token("calendar", "ada", "rooms:update"), "PATCH", path, object{"name": ""}).json(400)
		w.send(w.token("calendar", "ada", "rooms:delete"), "DELETE", path, nil).is(204, "")
		w.send(w.granted("office", "ada", "rooms:create"), http.MethodPost, roomsPath, nil).json(201)
		entries, err := w.store.Audit(t.Context(), store.AuditQuery{Limit: 10})
		require.NoError(t, err)
		var actions []string
		for _, e := range entries {
			actions = append(actions, e.ClientID+" "+e.Action+" "+e.Outcome)
			require.Equal(t, w.people["ada"].ID, e.User)
			require.NotEmpty(t, e.Object)
			require.Equal(t, "127.0.0.1", e.Address)
			require.NotEmpty(t, e.RequestID)
			if e.ClientID == "calendar" {
				require.Equal(t, w.apps["calendar"].ID, e.Application)
				require.Equal(t, room["id"], e.Object)
			}
		}
		require.ElementsMatch(t, []string{
			"calendar room.create ok", "calendar room.update ok", "calendar room.delete ok", "office room.create ok",
		}, actions)
	})
}
