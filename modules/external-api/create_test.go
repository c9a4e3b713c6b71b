package externalapi_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

var randomName = regexp.MustCompile(`^[a-z]{3}-[a-z]{4}-[a-z]{3}$`)

func TestCreate_makes_a_room_with_a_name_of_its_own(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{})
		token := w.token("calendar", "ada", "rooms:create")
		for _, body := range []any{nil, "{}", object{"id": "x", "name": "mine", "slug": "mine", "pin_code": "1", "more": []int{1}}} {
			a := w.send(token, http.MethodPost, roomsPath, body)
			m := a.json(201)
			require.Regexp(t, randomName, m["name"])
			require.Equal(t, fmt.Sprintf(`{"id":"%s","name":"%s","slug":"%s","access_level":"trusted","configuration":{}}`, m["id"], m["name"], m["name"]), a.Body)
			require.Empty(t, a.Header.Get("Location"))
			require.NotEmpty(t, a.Header.Get("ETag"))
			r, err := w.store.RoomByID(t.Context(), uuid.MustParse(m["id"].(string)), w.people["ada"].ID)
			require.NoError(t, err)
			require.Equal(t, store.Owner, r.Role)
		}
		require.Equal(t, 201, w.send(token, http.MethodPost, strings.TrimSuffix(roomsPath, "/"), nil).Status, "both forms answer")
	})
}

func TestCreate_answers_with_what_is_configured(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{config: "base_url: https://meet.example.org\n", phone: "+1 555 0100"})
		a := w.send(w.token("calendar", "ada", "rooms:create"), http.MethodPost, roomsPath, object{"access_level": "restricted", "configuration": object{"everyone_can_mute": "yes"}})
		m := a.json(201)
		require.Equal(t, fmt.Sprintf(`{"id":"%s","name":"%s","slug":"%s","access_level":"restricted","configuration":{"everyone_can_mute":"yes"},`+
			`"url":"https://meet.example.org/%s","telephony":{"enabled":true,"phone_number":"+1 555 0100","pin_code":"%s","default_country":"US"}}`,
			m["id"], m["slug"], m["slug"], m["slug"], m["telephony"].(object)["pin_code"]), a.Body)
		require.Regexp(t, `^\d{10}$`, m["telephony"].(object)["pin_code"])
		require.Equal(t, m["url"], a.Header.Get("Location"))
	})
}

func TestCreate_holds_the_access_level_against_the_rules(t *testing.T) {
	const refused = `{"access_level":["Public rooms are disabled for the external API."]}`
	for name, x := range map[string]struct{ config, body, want string }{ // want: a body, or the access level
		"by default":               {"", `{}`, "trusted"},
		"another default":          {"default_access_level: restricted\n", `{}`, "restricted"},
		"public":                   {"", `{"access_level":"public"}`, refused},
		"public, allowed":          {"allow_public_access: true\n", `{"access_level":"public"}`, "public"},
		"public, the default":      {"default_access_level: public\n", `{"access_level":"public"}`, "public"},
		"public, silently":         {"default_access_level: public\n", `{}`, "public"},
		"restricted":               {"", `{"access_level":"restricted"}`, "restricted"},
		"unknown":                  {"", `{"access_level":"x"}`, `{"access_level":["\"x\" is not a valid choice."]}`},
		"null":                     {"", `{"access_level":null}`, `{"access_level":["This field may not be null."]}`},
		"null configuration":       {"", `{"configuration":null}`, `{"configuration":["This field may not be null."]}`},
		"no object":                {"", `[]`, `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`},
		"configuration of no kind": {"", `{"configuration":{"x":true}}`, `{"configuration":[{"type":"extra_forbidden","loc":["x"],"msg":"Extra inputs are not permitted","input":"True","url":"https://errors.pydantic.dev/2.13/v/extra_forbidden"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, place{}, settings{config: x.config})
			a := w.send(w.token("calendar", "ada", "rooms:create"), http.MethodPost, roomsPath, x.body)
			if strings.HasPrefix(x.want, "{") {
				a.is(400, x.want)
				return
			}
			require.Equal(t, x.want, a.json(201)["access_level"])
		})
	}
	w := open(t, place{}, settings{})
	token := w.token("calendar", "ada", "rooms:create")
	w.send(token, http.MethodPost, roomsPath, "x", "Content-Type", "text/plain").is(415, `{"detail":"Unsupported media type \"text/plain\" in request."}`)
	require.Equal(t, 413, w.send(token, http.MethodPost, roomsPath, `{"x":"`+strings.Repeat("x", 2<<20)+`"}`).Status)
	require.Equal(t, 400, w.send(token, http.MethodPost, roomsPath, `{"x":`).Status)
}

func TestCreate_is_done_once_per_idempotency_key(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{config: "base_url: https://meet.example.org\n"})
		ada, grace := w.token("calendar", "ada", "rooms:create"), w.token("calendar", "grace", "rooms:create")
		send := func(token, key, body string) answer {
			return w.send(token, http.MethodPost, roomsPath, body, "Idempotency-Key", key)
		}
		require.Equal(t, 400, send(ada, "k1", `{"access_level":"x"}`).Status)
		first := send(ada, "k1", `{"access_level":"restricted"}`)
		again := send(ada, "k1", `{"access_level":"restricted"}`)
		require.Equal(t, 201, first.Status, "a failure gives the key back")
		again.is(201, first.Body)
		require.Equal(t, "true", again.Header.Get("Idempotent-Replayed"))
		for _, name := range []string{"Location", "ETag"} {
			require.NotEmpty(t, first.Header.Get(name))
			require.Equal(t, first.Header.Get(name), again.Header.Get(name))
		}
		send(ada, "k1", `{}`).is(422, `{"detail":"This Idempotency-Key was used for another request."}`)
		require.NotEqual(t, first.Body, send(grace, "k1", `{"access_level":"restricted"}`).Body, "keys are their user's")
		send(ada, `"`, `{}`).is(400, `{"detail":"Invalid Idempotency-Key."}`)

		bodies := make([]string, 12)
		var all sync.WaitGroup
		for i := range bodies {
			all.Go(func() {
				if a := send(ada, "together", ""); a.Status == 201 {
					bodies[i] = a.Body
				} else if a.Status != 409 {
					t.Error(a.Status, a.Body)
				}
			})
		}
		all.Wait()
		_, total, err := w.store.RoomsOf(t.Context(), w.people["ada"].ID, 100, 0)
		require.NoError(t, err)
		require.Equal(t, 2, total)
		for _, body := range bodies {
			require.Contains(t, []string{"", send(ada, "together", "").Body}, body)
		}
	})
}
