package rooms_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"foyer/core/store"
)

func decodeSegment(s string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(s) }

const room404 = `{"detail":"No Room matches the given query."}`

func TestRetrieve_shows_each_caller_what_the_access_level_allows(t *testing.T) {
	base := []string{"id", "name", "slug", "configuration", "access_level"}
	entered := append([]string{"pin_code", "livekit"}, base...)
	administered := append([]string{"accesses"}, entered...)
	onBoth(t, func(w *world) {
		for level, want := range map[string]map[string][]string{
			store.Public:     {"": entered, "ada": entered, "alan": entered, "edith": administered, "grace": administered},
			store.Trusted:    {"": base, "ada": entered, "alan": entered, "edith": administered, "grace": administered},
			store.Restricted: {"": base, "ada": base, "alan": entered, "edith": administered, "grace": administered},
		} {
			room := w.room("Réunion "+level, level)
			w.grant(room, "alan", store.Member)
			w.grant(room, "edith", store.Administrator)
			for sub, keysWanted := range want {
				c := w.anonymous()
				if sub != "" {
					c = w.as(sub)
				}
				for _, path := range []string{
					room.ID.String(), "reunion-" + level, "R%C3%A9union%20" + level, "{" + room.ID.String() + "}", "urn:uuid:" + room.ID.String(),
				} {
					a := c.get("rooms/" + path + "/")
					require.Equal(w.T, 200, a.StatusCode, a.body)
					require.Equal(w.T, "application/json", a.Header.Get("Content-Type"))
					require.ElementsMatch(w.T, keysWanted, keys(a.object(w.T)), "%s %s", level, sub)
				}
			}
		}
	})
}

func TestRetrieve_shows_the_values(t *testing.T) {
	onBoth(t, func(w *world) {
		pin := "0123456789"
		room := w.room("My room", store.Public, func(r *store.Room) {
			r.Configuration, r.PINCode = json.RawMessage(`{"everyone_can_mute":"yes"}`), &pin
		})
		w.grant(room, "ada", store.Member)
		m := w.as("grace").get("rooms/my-room/").object(w.T)
		require.Equal(w.T, room.ID.String(), m["id"])
		require.Equal(w.T, "My room", m["name"])
		require.Equal(w.T, "my-room", m["slug"])
		require.Equal(w.T, "public", m["access_level"])
		require.Equal(w.T, map[string]any{"everyone_can_mute": "yes"}, m["configuration"])
		require.Equal(w.T, pin, m["pin_code"])
		lk := m["livekit"].(map[string]any)
		require.Equal(w.T, "wss://media.example.org", lk["url"])
		require.Equal(w.T, room.ID.String(), lk["room"])
		require.ElementsMatch(w.T, []string{"url", "room", "token"}, keys(lk))
		accesses := m["accesses"].([]any)
		require.Len(w.T, accesses, 2)
		newest := accesses[0].(map[string]any)
		require.ElementsMatch(w.T, []string{"id", "user", "resource", "role"}, keys(newest))
		require.Equal(w.T, "member", newest["role"])
		require.Equal(w.T, room.ID.String(), newest["resource"])
		ada := w.as("ada").user
		require.Equal(w.T, map[string]any{
			"id": ada.ID.String(), "email": "ada@example.org", "full_name": "Ada Lane", "short_name": "Ada",
			"timezone": "UTC", "language": "en-us", "default_room_access_level": nil, "default_room_configuration": map[string]any{},
		}, newest["user"])
		none := w.room("No PIN", store.Public)
		m = w.anonymous().get("rooms/" + none.ID.String()).object(w.T)
		require.Contains(w.T, m, "pin_code")
		require.Nil(w.T, m["pin_code"])
	})
}

func TestRetrieve_of_an_unregistered_room_lets_everybody_meet(t *testing.T) {
	w := newWorld(t, nil)
	unknown := uuid.NewString()
	for path, slug := range map[string]string{
		"unregistered-room": "unregistered-room", "R%C3%A9union": "reunion", unknown: unknown, "Some%20Room": "some-room",
	} {
		a := w.anonymous().get("rooms/" + path + "/?username=Bob%20B")
		require.Equal(t, 200, a.StatusCode)
		m := a.object(t)
		token := m["livekit"].(map[string]any)["token"]
		require.Equal(t, map[string]any{
			"id": nil, "slug": slug, "is_administrable": false, "access_level": "public",
			"livekit": map[string]any{"url": "wss://media.example.org", "room": slug, "token": token},
		}, m)
		c := claims(t, m)
		require.Equal(t, slug, c["video"].(map[string]any)["room"])
		require.Equal(t, "", c["attributes"].(map[string]any)["room_role"])
		require.Equal(t, "Bob B", c["name"])
	}
	a := w.anonymous().get("rooms/!!!/")
	require.Equal(t, 404, a.StatusCode)
	require.Equal(t, room404, a.body)
	require.Equal(t, room404, w.as("ada").do("PATCH", "rooms/unregistered-room/", "{}").body, "only GET knows them")

	off := newWorld(t, func(w *world) { w.cfg.Rooms.AllowUnregistered = false })
	a = off.anonymous().get("rooms/unregistered-room/")
	require.Equal(t, 404, a.StatusCode)
	require.Equal(t, room404, a.body)
}

func TestToken_carries_role_sources_and_name(t *testing.T) {
	defaults := []any{"camera", "microphone", "screen_share", "screen_share_audio"}
	onBoth(t, func(w *world) {
		room := w.room("r", store.Public, func(r *store.Room) {
			r.Configuration = json.RawMessage(`{"can_publish_sources":["microphone"]}`)
		})
		w.room("mute", store.Public, func(r *store.Room) { r.Configuration = json.RawMessage(`{"can_publish_sources":[]}`) })
		w.room("null", store.Public, func(r *store.Room) { r.Configuration = json.RawMessage(`{"can_publish_sources":null}`) })
		w.grant(room, "alan", store.Member)
		w.grant(room, "edith", store.Administrator)
		for _, x := range []struct {
			sub, path            string
			role, name, identity string
			admin                bool
			sources              []any
		}{
			{"grace", "r?username=Other", "owner", "Other", "grace", true, defaults},
			{"edith", "r", "administrator", "edith@example.org", "edith", true, defaults},
			{"alan", "r", "member", "Alan Tunnel", "alan", false, []any{"microphone"}},
			{"ada", "r?username=", "", "Ada Lane", "ada", false, []any{"microphone"}},
			{"", "r?username=%20Bob%20", "", " Bob ", "", false, []any{"microphone"}},
			{"", "mute", "", "Anonymous", "", false, []any{}},
			{"", "null", "", "Anonymous", "", false, defaults},
			{"grace", "mute", "owner", "Grace Harbor", "grace", true, defaults},
		} {
			c := w.anonymous()
			if x.sub != "" {
				c = w.as(x.sub)
			}
			got := claims(w.T, c.get("rooms/"+x.path).object(w.T))
			video := got["video"].(map[string]any)
			attributes := got["attributes"].(map[string]any)
			require.Equal(w.T, x.name, got["name"], x)
			require.Equal(w.T, x.role, attributes["room_role"], x)
			require.Equal(w.T, fmt.Sprint(x.sub != ""), attributes["is_authenticated"], x)
			require.Regexp(w.T, `^hsl\(\d+, \d+%, \d+%\)$`, attributes["color"])
			require.Equal(w.T, x.admin, video["roomAdmin"], x)
			require.Equal(w.T, x.sources, video["canPublishSources"], x)
			require.Equal(w.T, len(x.sources) > 0, video["canPublish"], x)
			require.EqualValues(w.T, 6*60*60, got["exp"].(float64)-got["nbf"].(float64))
			if x.identity != "" {
				require.Equal(w.T, x.identity, got["sub"])
				continue
			}
			_, err := uuid.Parse(got["sub"].(string))
			require.NoError(w.T, err)
			again := claims(w.T, c.get("rooms/"+x.path).object(w.T))
			require.NotEqual(w.T, again["sub"], got["sub"], "an anonymous identity is new for each token")
		}
	})
	fixed := newWorld(t, func(w *world) { w.cfg.Rooms.EditDisplayName = false })
	fixed.room("r", store.Public)
	require.Equal(t, "Ada Lane", claims(t, fixed.as("ada").get("rooms/r?username=Other").object(t))["name"])
	require.Equal(t, "Other", claims(t, fixed.anonymous().get("rooms/r?username=Other").object(t))["name"])
}

func TestToken_of_an_account_without_subject_is_its_id(t *testing.T) {
	w := newWorld(t, nil)
	w.room("r", store.Public)
	ada := w.as("ada")
	err := w.st.InTx(context.Background(), func(tx *store.Tx) error {
		_, err := tx.SQL().Exec(`UPDATE meet_user SET sub = NULL, email = NULL, full_name = NULL WHERE id = $1`, ada.user.ID)
		return err
	})
	require.NoError(t, err)
	c := claims(t, ada.get("rooms/r").object(t))
	require.Equal(t, ada.user.ID.String(), c["sub"])
	require.Equal(t, ada.user.ID.String(), c["name"])
}

func TestList_pages_through_the_callers_rooms(t *testing.T) {
	onBoth(t, func(w *world) {
		a := w.anonymous().get("rooms/")
		require.Equal(w.T, 200, a.StatusCode)
		require.Equal(w.T, `{"count":0,"next":null,"previous":null,"results":[]}`, a.body)
		for i := range 5 {
			room := w.room(fmt.Sprintf("room %d", 4-i), store.Restricted)
			w.grant(room, "alan", store.Member)
			if i%2 == 0 {
				w.grant(room, "edith", store.Administrator)
			}
		}
		w.room("other", store.Public)
		a = w.as("alan").get("rooms/?page_size=2&page=2&username=Bob")
		require.Equal(w.T, 200, a.StatusCode, a.body)
		m := a.object(w.T)
		require.EqualValues(w.T, 5, m["count"])
		require.Equal(w.T, w.url+"/api/v1.0/rooms/?page=3&page_size=2&username=Bob", m["next"])
		require.Equal(w.T, w.url+"/api/v1.0/rooms/?page_size=2&username=Bob", m["previous"])
		results := m["results"].([]any)
		require.Len(w.T, results, 2)
		for i, r := range results {
			r := r.(map[string]any)
			require.Equal(w.T, fmt.Sprintf("room %d", i+2), r["name"])
			require.NotContains(w.T, r, "accesses")
			require.Equal(w.T, "Bob", claims(w.T, r)["name"])
		}
		results = w.as("edith").get("rooms/").object(w.T)["results"].([]any)
		require.Len(w.T, results, 3)
		for _, r := range results {
			r := r.(map[string]any)
			require.Len(w.T, r["accesses"], 3)
			for _, x := range r["accesses"].([]any) {
				require.Equal(w.T, r["id"], x.(map[string]any)["resource"])
			}
		}
		require.Len(w.T, w.as("grace").get("rooms?page=last").object(w.T)["results"], 6)
		require.EqualValues(w.T, 0, w.as("ada").get("rooms/").object(w.T)["count"])
		require.Equal(w.T, 404, w.as("ada").get("rooms/?page=2").StatusCode)
	})
}

func TestRead_statements_do_not_grow_with_the_rows(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)))
	t.Cleanup(func() { otel.SetTracerProvider(before) })
	w := newWorld(t, nil)
	for i := range 10 {
		room := w.room(fmt.Sprintf("room %d", i), store.Public)
		w.grant(room, "alan", store.Member)
		w.grant(room, "edith", store.Administrator)
	}
	w.as("ada")
	statements := func(c *client, path string) (texts []string) {
		spans.Reset()
		require.Equal(t, 200, c.get(path).StatusCode)
		for _, s := range spans.Ended() {
			for _, a := range s.Attributes() {
				if a.Key == attribute.Key("db.query.text") {
					texts = append(texts, a.Value.AsString())
				}
			}
		}
		return texts
	}
	require.Len(t, statements(w.anonymous(), "rooms/room-1/"), 1, "the room with the role")
	require.Len(t, statements(w.as("ada"), "rooms/room-1/"), 3, "and the session, and whether they were removed")
	require.Len(t, statements(w.as("edith"), "rooms/room-1/"), 3, "and the accesses: an administrator is never refused")
	require.Len(t, statements(w.as("edith"), "rooms/"), 3, "session; rooms, their number and accesses; accounts of others")
	require.Len(t, statements(w.as("alan"), "rooms/"), 3, "no accounts to show, but removals to ask for")
	require.Len(t, statements(w.as("alan"), "users/me/"), 1)
}

func TestMe_is_the_account_of_the_session(t *testing.T) {
	onBoth(t, func(w *world) {
		a := w.anonymous().get("users/me")
		require.Equal(w.T, 401, a.StatusCode)
		require.Equal(w.T, `{"detail":"Authentication credentials were not provided."}`, a.body)
		require.Equal(w.T, "Session", a.Header.Get("WWW-Authenticate"))
		ada := w.as("ada")
		a = ada.get("users/me/")
		require.Equal(w.T, 200, a.StatusCode)
		require.Equal(w.T, map[string]any{
			"id": ada.user.ID.String(), "email": "ada@example.org", "full_name": "Ada Lane", "short_name": "Ada",
			"timezone": "UTC", "language": "en-us", "default_room_access_level": nil, "default_room_configuration": map[string]any{},
		}, a.object(w.T))
		require.Equal(w.T, a.body, ada.get("users/me").body)
		for _, method := range []string{"POST", "PATCH", "PUT", "DELETE"} {
			require.Equal(w.T, 401, w.anonymous().do(method, "users/me/", "").StatusCode)
			b := ada.do(method, "users/me", "")
			require.Equal(w.T, 405, b.StatusCode)
			require.Equal(w.T, `{"detail":"Method \"`+method+`\" not allowed."}`, b.body)
		}
	})
}
