package externalapi_test

import (
	"net/http"
	"testing"

	"foyer/core/moduletest"
	externalapi "foyer/modules/external-api"
)

// Among the rest this proves that no route can be told from one that never existed while
// the module's flag, or the facade's own, is off.
func TestModule_behaves_in_both_placements(t *testing.T) {
	get := func(path string) moduletest.Request { return moduletest.Request{Method: http.MethodGet, Path: path} }
	moduletest.Run(t, moduletest.Case{
		New: externalapi.New, LiveKit: media.LiveKit(), Config: "jwt_secret_key: \"" + appSecret + "\"\n",
		Requests: []moduletest.Request{
			get(roomsPath), get(roomsPath + "x/"), get("/jwks"), get(spacesPath + "abc-defg-hij"),
			{Method: http.MethodPost, Path: spacesPath + "abc-defg-hij:endActiveConference"},
			{Method: http.MethodDelete, Path: roomsPath},
			{Method: http.MethodGet, Path: roomsPath, Header: http.Header{"Authorization": {"Bearer made-up"}}},
		},
	})
}

func TestSpaces_are_unknown_paths_unless_their_flag_is_on(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{})
		token := w.token("calendar", "ada", "rooms:create rooms:retrieve rooms:update")
		for _, path := range []string{"/v2/spaces", "/v2/spaces/", "/v2/spaces/x", "/v2/spaces/x:endActiveConference", "/v2/spaces/x/"} {
			for _, method := range []string{"GET", "POST", "PATCH", "OPTIONS", "DELETE"} {
				want := w.send(token, method, "/no-such-path/", nil)
				got := w.send(token, method, path, nil)
				if got.Status != want.Status || got.Body != want.Body || len(got.Header) != len(want.Header) {
					t.Errorf("%s %s: %d %s %v", method, path, got.Status, got.Body, got.Header)
				}
			}
		}
		w.get(token, roomsPath).is(403, needs("rooms:list"))
	})
}
