package externalapi_test

import (
	"net/http"
	"testing"

	"foyer/sdk/module"
)

// verb is one operation that a token opens.
type verb struct {
	scope  string // that it needs
	status int    // when the token has it
	send   func(w *world, token string, room object) answer
}

// verbs returns all of them. Each is given a room that belongs to the bearer.
func verbs() map[string]verb {
	one := func(r object) string { return roomsPath + r["id"].(string) + "/" }
	space := func(r object) string { return spacesPath + r["id"].(string) }
	return map[string]verb{
		"list":     {"rooms:list", 200, func(w *world, t string, _ object) answer { return w.get(t, roomsPath) }},
		"create":   {"rooms:create", 201, func(w *world, t string, _ object) answer { return w.send(t, "POST", roomsPath, nil) }},
		"retrieve": {"rooms:retrieve", 200, func(w *world, t string, r object) answer { return w.get(t, one(r)) }},
		"put":      {"rooms:update", 200, func(w *world, t string, r object) answer { return w.send(t, "PUT", one(r), object{"name": r["name"]}) }},
		"patch": {"rooms:update", 200, func(w *world, t string, r object) answer {
			return w.send(t, "PATCH", one(r), object{"access_level": "restricted"})
		}},
		"delete":  {"rooms:delete", 204, func(w *world, t string, r object) answer { return w.send(t, "DELETE", one(r), nil) }},
		"options": {"None", 0, func(w *world, t string, r object) answer { return w.send(t, http.MethodOptions, one(r), nil) }},

		"spaces.create": {"rooms:create", 200, func(w *world, t string, _ object) answer { return w.send(t, "POST", spacesPath, nil) }},
		"spaces.get":    {"rooms:retrieve", 200, func(w *world, t string, r object) answer { return w.get(t, space(r)) }},
		"spaces.patch": {"rooms:update", 200, func(w *world, t string, r object) answer {
			return w.send(t, "PATCH", space(r), object{"config": object{"moderation": "ON"}})
		}},
		"spaces.endActiveConference": {"rooms:update", 400, func(w *world, t string, r object) answer {
			return w.send(t, "POST", space(r)+":endActiveConference", nil)
		}},
	}
}

// A scope opens its own verbs and no others, whoever issued the token.
func TestMatrix_of_every_scope_by_every_verb_by_every_kind_of_bearer(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{provider: true, flags: []module.Flag{"external_api_spaces"}})
		for kind, bearer := range map[string]func(scope string) string{
			"application, as the replaced server issues it": func(s string) string { return w.token("calendar", "ada", s) },
			"application, as RFC 9068 has it":               func(s string) string { return w.accessToken("calendar", "ada", s) },
			"add-on":                                        func(s string) string { return w.addon("ada", s) },
			"OIDC provider":                                 func(s string) string { return w.granted("office", "ada", s) },
		} {
			for _, scope := range []string{"rooms:list", "rooms:list:all", "rooms:retrieve", "rooms:create", "rooms:update", "rooms:delete", "other", ""} {
				token := bearer(scope)
				for name, v := range verbs() {
					room := w.send(bearer("rooms:create"), http.MethodPost, roomsPath, nil).json(http.StatusCreated)
					got := v.send(w, token, room)
					want := http.StatusForbidden
					if v.scope == scope {
						want = v.status
					}
					if got.Status != want {
						t.Errorf("%s with %q: %s gives %d %s, want %d", kind, scope, name, got.Status, got.Body, want)
					}
				}
			}
		}
		for name, v := range verbs() {
			got := v.send(w, "", object{"id": "0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b01", "name": "x"})
			if got.Status != http.StatusUnauthorized || got.Header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%s without a token gives %d %s", name, got.Status, got.Body)
			}
		}
	})
}
