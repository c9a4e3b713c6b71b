package users_test

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/core/users"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

func TestObject_has_the_eight_fields_null_or_not(t *testing.T) {
	id, blank, name := uuid.New(), "", "Zoë <Ada>"
	for want, u := range map[string]store.User{
		`{"id":"` + id.String() + `","email":null,"full_name":null,"short_name":null,"timezone":"UTC","language":"en-us",` +
			`"default_room_access_level":null,"default_room_configuration":{}}`: {
			ID: id, Timezone: "UTC", Language: "en-us", DefaultRoomConfiguration: json.RawMessage(`{}`),
			Password: "secret", IsStaff: true,
		},
		`{"id":"` + id.String() + `","email":"","full_name":"Zoë <Ada>","short_name":"Zoë <Ada>","timezone":"Europe/Paris","language":"fr-fr",` +
			`"default_room_access_level":"","default_room_configuration":{"everyone_can_mute":"yes"}}`: {
			ID: id, Email: &blank, FullName: &name, ShortName: &name, Timezone: "Europe/Paris", Language: "fr-fr",
			DefaultRoomAccessLevel: &blank, DefaultRoomConfiguration: json.RawMessage(`{ "everyone_can_mute": "yes" }`),
		},
	} {
		b, err := reply.Encode(users.ObjectOf(&u))
		require.NoError(t, err)
		require.Equal(t, want, string(b))
	}
}

func TestAccounts_need_a_session_by_rule_and_by_handler(t *testing.T) {
	routes := users.New(users.Options{}).Routes()
	for _, r := range routes {
		require.Equal(t, module.Session, r.Access, r.Path)
	}
	for _, method := range []string{"GET", "PUT", "PATCH"} {
		i := slices.IndexFunc(routes, func(r module.Route) bool { return r.Method == method && !strings.HasSuffix(r.Path, "/users/") })
		w := httptest.NewRecorder()
		routes[i].Handler.ServeHTTP(w, httptest.NewRequest(method, routes[i].Path, nil))
		require.Equal(t, 401, w.Code)
		require.Equal(t, "Session", w.Header().Get("WWW-Authenticate"))
	}
}
