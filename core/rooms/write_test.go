package rooms_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"mime/multipart"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/sdk/conf"
)

const (
	auth401 = `{"detail":"Authentication credentials were not provided."}`
	perm403 = `{"detail":"You do not have permission to perform this action."}`
)

func TestCreate_makes_the_creator_owner(t *testing.T) {
	onBoth(t, func(w *world) {
		a := w.anonymous().do("POST", "rooms/", `{"name":"x"}`)
		require.Equal(w.T, 401, a.StatusCode)
		require.Equal(w.T, auth401, a.body)
		a = w.as("ada").do("POST", "rooms/?username=Boss", `{"name":"  my room ","access_level":"trusted","id":"x","slug":"y","pin_code":"1","unknown":[]}`)
		require.Equal(w.T, 201, a.StatusCode, a.body)
		require.Empty(w.T, a.Header.Get("Location"))
		m := a.object(w.T)
		require.ElementsMatch(w.T, []string{"id", "name", "slug", "configuration", "access_level", "pin_code", "livekit", "accesses"}, keys(m))
		require.Equal(w.T, "my room", m["name"])
		require.Equal(w.T, "my-room", m["slug"])
		require.Equal(w.T, "trusted", m["access_level"])
		require.Equal(w.T, map[string]any{}, m["configuration"])
		require.Nil(w.T, m["pin_code"])
		only := m["accesses"].([]any)
		require.Len(w.T, only, 1)
		require.Equal(w.T, "owner", only[0].(map[string]any)["role"])
		require.Equal(w.T, "ada@example.org", only[0].(map[string]any)["user"].(map[string]any)["email"])
		c := claims(w.T, m)
		require.Equal(w.T, "Boss", c["name"])
		require.Equal(w.T, true, c["video"].(map[string]any)["roomAdmin"])
		room, err := w.st.RoomBySlug(context.Background(), "my-room", w.as("ada").user.ID)
		require.NoError(w.T, err)
		require.Equal(w.T, store.Owner, room.Role)
		require.Equal(w.T, room.ID.String(), m["id"])

		r := w.as("ada")
		r.csrf = ""
		a = r.do("POST", "rooms/", `{"name":"x"}`)
		require.Equal(w.T, 403, a.StatusCode)
		require.Contains(w.T, a.body, "CSRF Failed")
	})
}

func TestCreate_refuses_bad_names(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("my room", store.Public)
		for text, want := range map[string]string{
			`{}`:                  `{"name":["This field is required."]}`,
			``:                    `{"name":["This field is required."]}`,
			`{"name":null}`:       `{"name":["This field may not be null."]}`,
			`{"name":"  "}`:       `{"name":["This field may not be blank."]}`,
			`{"name":true}`:       `{"name":["Not a valid string."]}`,
			`{"name":"a\u0000"}`:  `{"name":["Null characters are not allowed."]}`,
			`{"name":"My Room!"}`: `{"slug":["Room with this Slug already exists."]}`,
			`{"name":"not closed`: "",
			`{"name":"` + strings.Repeat("é", 501) + `"}`:       `{"name":["Ensure this field has no more than 500 characters."]}`,
			`{"name":"` + strings.Repeat("a", 101) + `"}`:       `{"slug":["Ensure this value has at most 100 characters (it has 101)."]}`,
			`{"name":"0b6d1f0e-0000-4000-8000-00000000000A"}`:   `{"name":["Room name \"0b6d1f0e-0000-4000-8000-00000000000A\" is reserved."]}`,
			`{"name":"0b6d1f0e00004000800000000000000a"}`:       `{"name":["Room name \"0b6d1f0e00004000800000000000000a\" is reserved."]}`,
			`{"name":"x","access_level":"secret"}`:              `{"access_level":["\"secret\" is not a valid choice."]}`,
			`{"name":"x","access_level":""}`:                    `{"access_level":["\"\" is not a valid choice."]}`,
			`{"name":"x","access_level":null}`:                  `{"access_level":["This field may not be null."]}`,
			`{"name":"x","configuration":null}`:                 `{"configuration":["This field may not be null."]}`,
			`{"name":"","access_level":5,"configuration":null}`: `{"access_level":["\"5\" is not a valid choice."],"configuration":["This field may not be null."],"name":["This field may not be blank."]}`,
			`[]`:   `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`,
			`null`: `{"non_field_errors":["No data provided"]}`,
		} {
			a := w.as("ada").do("POST", "rooms/", text)
			require.Equal(w.T, 400, a.StatusCode, "%.80s %s", text, a.body)
			if want != "" {
				require.JSONEq(w.T, want, a.body, "%.80s", text)
			}
		}
		_, total, err := w.st.RoomsOf(context.Background(), w.as("ada").user.ID, 1, 0)
		require.NoError(w.T, err)
		require.Zero(w.T, total, "nothing was stored")
		require.Equal(w.T, 201, w.as("ada").do("POST", "rooms/", `{"name":`+`12}`).StatusCode, "numbers are names")
	})
}

func TestCreate_takes_forms(t *testing.T) {
	w := newWorld(t, nil)
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for k, v := range map[string]string{"name": "From a form", "configuration": `{"everyone_can_mute": false}`, "access_level": "trusted"} {
		require.NoError(t, form.WriteField(k, v))
	}
	require.NoError(t, form.Close())
	a := w.as("ada").send("POST", "rooms/", form.FormDataContentType(), b.String())
	require.Equal(t, 201, a.StatusCode, a.body)
	require.Equal(t, map[string]any{"everyone_can_mute": false}, a.object(t)["configuration"])
	a = w.as("ada").send("POST", "rooms/", "application/x-www-form-urlencoded", "name=x")
	require.Equal(t, 415, a.StatusCode)
	require.Equal(t, `{"detail":"Unsupported media type \"application/x-www-form-urlencoded\" in request."}`, a.body)
	a = w.as("ada").do("POST", "rooms/", `{"name":"`+strings.Repeat("x", 2<<20)+`"}`)
	require.Equal(t, 413, a.StatusCode)
}

func TestCreate_fills_defaults_from_preferences_then_the_instance(t *testing.T) {
	onBoth(t, func(w *world) {
		ada := w.as("ada").user.ID
		prefer := func(level any, configuration string) {
			const text = `UPDATE meet_user SET default_room_access_level = $2, default_room_configuration = $3 WHERE id = $1`
			err := w.st.InTx(context.Background(), func(tx *store.Tx) (err error) {
				if tx.Pgx() != nil {
					_, err = tx.Pgx().Exec(context.Background(), text, ada, level, configuration)
					return err
				}
				_, err = tx.SQL().Exec(text, ada, level, configuration)
				return err
			})
			require.NoError(w.T, err)
		}
		const preferred = `{"everyone_can_mute":false}`
		for _, x := range []struct {
			level               any
			configuration, body string
			wantLevel, wantConf string
		}{
			{nil, `{}`, `{}`, "public", `{}`},
			{"", `{}`, `{}`, "public", `{}`},
			{"restricted", preferred, `{}`, "restricted", preferred},
			{"restricted", preferred, `{"configuration":{}}`, "restricted", preferred},
			{"restricted", preferred, `{"access_level":"trusted","configuration":{"everyone_can_mute":true}}`, "trusted", `{"everyone_can_mute":true}`},
		} {
			prefer(x.level, x.configuration)
			var fields map[string]any
			require.NoError(w.T, json.Unmarshal([]byte(x.body), &fields))
			fields["name"] = uuid.NewString() + "x"
			text, err := json.Marshal(fields)
			require.NoError(w.T, err)
			a := w.as("ada").do("POST", "rooms/", string(text))
			require.Equal(w.T, 201, a.StatusCode, a.body)
			id, err := uuid.Parse(a.object(w.T)["id"].(string))
			require.NoError(w.T, err)
			require.Equal(w.T, x.wantLevel, w.stored(id).AccessLevel)
			require.JSONEq(w.T, x.wantConf, string(w.stored(id).Configuration))
		}
	})
}

func TestCreate_remembers_a_callback_only_when_one_is_given(t *testing.T) {
	w := newWorld(t, nil)
	remembered := func(id string) string {
		sum := sha256.Sum256([]byte(id))
		v, err := w.st.KVGet(context.Background(), "room-creation-callback", hex.EncodeToString(sum[:]), time.Now())
		if err != nil {
			require.ErrorIs(t, err, store.ErrNotFound)
		}
		return string(v)
	}
	for body, id := range map[string]string{
		`{"name":"a","callback_id":"some id"}`: "some id", `{"name":"b","callback_id":42}`: "42",
	} {
		a := w.as("ada").do("POST", "rooms/", body)
		require.Equal(t, 201, a.StatusCode)
		require.NotContains(t, a.body, "callback")
		require.Equal(t, a.object(t)["slug"], remembered(id))
	}
	for i, id := range []string{`""`, `0`, `null`, `false`, `[]`} {
		a := w.as("ada").do("POST", "rooms/", `{"name":"n`+string(rune('0'+i))+`","callback_id":`+id+`}`)
		require.Equal(t, 201, a.StatusCode, a.body)
		require.Empty(t, remembered(strings.Trim(id, `"`)))
	}
	sum := sha256.Sum256([]byte("some id"))
	_, err := w.st.KVGet(context.Background(), "room-creation-callback", hex.EncodeToString(sum[:]), time.Now().Add(601*time.Second))
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestCreate_draws_a_free_PIN_while_telephony_is_on(t *testing.T) {
	w := newWorld(t, func(w *world) {
		w.cfg.Telephony.Enabled, w.cfg.Telephony.PINLength, w.cfg.Telephony.PINRetries = true, 6, 5
	})
	seen := map[any]bool{}
	for i := range 20 {
		a := w.as("ada").do("POST", "rooms/", `{"name":"r`+strings.Repeat("x", i)+`"}`)
		require.Equal(t, 201, a.StatusCode)
		require.Regexp(t, `^\d{6}$`, a.object(t)["pin_code"])
		seen[a.object(t)["pin_code"]] = true
	}
	require.Len(t, seen, 20)
	one := w.as("ada").get("rooms/r").object(t)["pin_code"]
	require.Equal(t, one, w.as("ada").do("PUT", "rooms/r/", `{"name":"r"}`).object(t)["pin_code"], "never drawn again")
	a := w.as("ada").do("POST", "rooms/", `{"name":"r"}`)
	require.Equal(t, `{"slug":["Room with this Slug already exists."]}`, a.body)
}

// taken refuses every PIN.
type taken struct{ *store.Store }

func (s taken) CreateRoom(ctx context.Context, r store.Room, owner uuid.UUID) (store.Room, error) {
	if r.PINCode != nil {
		return store.Room{}, &store.Conflict{Field: "pin_code"}
	}
	return s.Store.CreateRoom(ctx, r, owner)
}

func TestCreate_goes_without_a_PIN_when_all_draws_are_taken(t *testing.T) {
	w := newWorld(t, func(w *world) {
		w.cfg.Telephony.Enabled = true
		w.wrap = func(s *store.Store) rooms.WriterStore { return taken{s} }
	})
	a := w.as("ada").do("POST", "rooms/", `{"name":"r"}`)
	require.Equal(t, 201, a.StatusCode, a.body)
	require.Nil(t, a.object(t)["pin_code"])
	require.Contains(t, w.logs.String(), "no free PIN")
}

func TestCreate_of_one_name_at_once_makes_one_room(t *testing.T) {
	onBoth(t, func(w *world) {
		ada := w.as("ada")
		codes := make(chan int, 8)
		var all sync.WaitGroup
		for range cap(codes) {
			all.Go(func() { codes <- ada.do("POST", "rooms/", `{"name":"same"}`).StatusCode })
		}
		all.Wait()
		close(codes)
		count := map[int]int{}
		for c := range codes {
			count[c]++
		}
		require.Equal(w.T, map[int]int{201: 1, 400: 7}, count)
	})
}

func TestWithout_a_media_server_nothing_is_stored(t *testing.T) {
	w := newWorld(t, func(w *world) { w.cfg.LiveKit.APIKey, w.cfg.LiveKit.APISecret = "", conf.Secret{} })
	a := w.as("ada").do("POST", "rooms/", `{"name":"r"}`)
	require.Equal(t, 503, a.StatusCode)
	require.Equal(t, `{"detail":"LiveKit is not configured."}`, a.body)
	require.EqualValues(t, 0, w.as("ada").get("rooms/").object(t)["count"])
}

func TestUpdate_is_for_administrators_and_owners(t *testing.T) {
	onBoth(t, func(w *world) {
		room := w.room("r", store.Public)
		other := w.room("other", store.Public)
		w.grant(room, "alan", store.Member)
		w.grant(other, "alan", store.Administrator)
		w.grant(room, "edith", store.Administrator)
		const patch = `{"access_level":"restricted"}`
		for _, method := range []string{"PATCH", "PUT"} {
			for sub, want := range map[string]string{"": auth401, "ada": perm403, "alan": perm403} {
				c := w.anonymous()
				if sub != "" {
					c = w.as(sub)
				}
				a := c.do(method, "rooms/r/", `not JSON, and nobody looks`)
				require.Equal(w.T, want, a.body)
				require.Equal(w.T, map[string]int{auth401: 401, perm403: 403}[want], a.StatusCode)
			}
		}
		require.Equal(w.T, store.Public, w.stored(room.ID).AccessLevel)
		require.Equal(w.T, 404, w.as("edith").do("PATCH", "rooms/unknown/", patch).StatusCode)
		a := w.as("edith").do("PATCH", "rooms/"+room.ID.String()+"/?username=E", patch)
		require.Equal(w.T, 200, a.StatusCode, a.body)
		require.Equal(w.T, "restricted", a.object(w.T)["access_level"])
		require.Equal(w.T, "E", claims(w.T, a.object(w.T))["name"])
		require.Contains(w.T, a.object(w.T), "accesses")
		require.Equal(w.T, "restricted", w.stored(room.ID).AccessLevel)
	})
}

func TestUpdate_changes_what_is_given(t *testing.T) {
	onBoth(t, func(w *world) {
		room := w.room("r", store.Trusted, func(r *store.Room) { r.Configuration = json.RawMessage(`{"everyone_can_mute":true}`) })
		w.room("taken", store.Public)
		grace := w.as("grace")
		require.JSONEq(w.T, `{"name":["This field is required."]}`, grace.do("PUT", "rooms/r/", `{}`).body)
		require.Equal(w.T, 200, grace.do("PATCH", "rooms/r/", `{}`).StatusCode)
		a := grace.do("PUT", "rooms/r/", `{"name":"New Name","slug":"ignored","id":"x","pin_code":"1"}`)
		require.Equal(w.T, 200, a.StatusCode, a.body)
		got := w.stored(room.ID)
		require.Equal(w.T, "New Name", got.Name)
		require.Equal(w.T, "new-name", got.Slug)
		require.Equal(w.T, store.Trusted, got.AccessLevel)
		require.JSONEq(w.T, `{"everyone_can_mute":true}`, string(got.Configuration))
		require.Nil(w.T, got.PINCode)
		a = grace.do("PATCH", "rooms/new-name/", `{"name":"TAKEN"}`)
		require.Equal(w.T, 400, a.StatusCode)
		require.Equal(w.T, `{"slug":["Room with this Slug already exists."]}`, a.body)
		require.Equal(w.T, 400, grace.do("PATCH", "rooms/new-name/", `{"name":null}`).StatusCode)
		a = grace.do("PATCH", "rooms/new-name", `{"configuration":{}}`)
		require.Equal(w.T, 200, a.StatusCode)
		require.JSONEq(w.T, `{}`, string(w.stored(room.ID).Configuration))
	})
}

func TestDelete_is_for_owners(t *testing.T) {
	onBoth(t, func(w *world) {
		room := w.room("r", store.Public)
		w.grant(room, "alan", store.Member)
		w.grant(room, "edith", store.Administrator)
		require.Equal(w.T, 401, w.anonymous().do("DELETE", "rooms/r/", "").StatusCode)
		for _, sub := range []string{"ada", "alan", "edith"} {
			a := w.as(sub).do("DELETE", "rooms/r/", "")
			require.Equal(w.T, 403, a.StatusCode)
			require.Equal(w.T, perm403, a.body)
		}
		a := w.as("grace").do("DELETE", "rooms/r/", "")
		require.Equal(w.T, 204, a.StatusCode)
		require.Empty(w.T, a.body)
		require.Empty(w.T, a.Header.Get("Content-Type"))
		a = w.as("grace").do("DELETE", "rooms/r/", "")
		require.Equal(w.T, 404, a.StatusCode)
		require.Equal(w.T, room404, a.body)
	})
}
