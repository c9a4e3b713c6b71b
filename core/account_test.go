package core_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

const (
	noCredentials = `{"detail":"Authentication credentials were not provided."}`
	forbidden     = `{"detail":"You do not have permission to perform this action."}`
	noRoom        = `{"detail":"No Room matches the given query."}`
)

func TestMe_shows_the_account_and_challenges_others(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine)
		me := h.signIn("ada").get("/api/v1.0/users/me/").json()
		require.Equal(t, userKeys, keys(me))
		delete(me, "id")
		require.Equal(t, object{
			"email": "ada@example.org", "full_name": "Ada Lane", "short_name": "Ada", "timezone": "UTC", "language": "en-us",
			"default_room_access_level": nil, "default_room_configuration": object{},
		}, me)
		for _, path := range []string{"/api/v1.0/users/me/", "/api/v1.0/users/me"} {
			a := h.anonymous().get(path, "Cookie", "sessionid=made-up-by-somebody")
			a.is(http.StatusUnauthorized, noCredentials)
			require.Equal(t, "Session", a.header.Get("WWW-Authenticate"))
		}
	})
}

func TestMethods_that_do_not_exist_are_refused_after_authentication(t *testing.T) {
	h := open(t, engines["sqlite"])
	ada := h.signIn("ada")
	for _, path := range []string{"/api/v1.0/users/me/", "/api/v1.0/users/me"} {
		h.anonymous().send(http.MethodPost, path, object{}).is(http.StatusUnauthorized, noCredentials)
		a := ada.send(http.MethodPost, path, object{})
		a.is(http.StatusMethodNotAllowed, `{"detail":"Method \"POST\" not allowed."}`)
		require.Contains(t, a.header.Get("Allow"), "GET")
	}
	a := h.anonymous().send(http.MethodDelete, "/api/v1.0/config/", nil)
	a.is(http.StatusMethodNotAllowed, `{"detail":"Method \"DELETE\" not allowed."}`)
}

func TestCSRF_guards_every_unsafe_request_of_a_session(t *testing.T) {
	h := open(t, engines["sqlite"])
	ada := h.signIn("ada")
	room := "/api/v1.0/rooms/" + ada.create(object{"name": "Weekly"})["slug"].(string) + "/"
	for _, x := range []struct{ method, path string }{
		{http.MethodPost, "/api/v1.0/rooms/"}, {http.MethodPut, room}, {http.MethodPatch, room}, {http.MethodDelete, room},
	} {
		for reason, header := range map[string][]string{
			"CSRF token missing.": {"X-CSRFToken", ""},
			"CSRF token from the 'X-Csrftoken' HTTP header incorrect.":                          {"X-CSRFToken", strings.Repeat("a", 32)},
			"CSRF token from the 'X-Csrftoken' HTTP header has incorrect length.":               {"X-CSRFToken", "short"},
			"Origin checking failed - https://evil.example does not match any trusted origins.": {"Origin", "https://evil.example"},
			"Origin checking failed - null does not match any trusted origins.":                 {"Origin", "null"},
		} {
			a := ada.send(x.method, x.path, object{"name": "Taken over"}, header...)
			a.is(http.StatusForbidden, fmt.Sprintf(`{"detail":"CSRF Failed: %s"}`, reason))
		}
	}
	require.Equal(t, "Weekly", ada.get(room).json()["name"], "a refused request changed something")
	require.Equal(t, http.StatusOK, ada.send(http.MethodPatch, room, object{"name": "Weekly"}, "Origin", h.url).status)
}

func TestList_pages_through_the_rooms_of_the_caller(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine)
		ada := h.signIn("ada")
		for _, name := range []string{"delta", "alpha", "echo", "charlie", "bravo"} {
			ada.create(object{"name": name})
		}
		h.signIn("mary").create(object{"name": "not Ada's"})
		names := func(a answer) (all []string) {
			for _, r := range a.json()["results"].([]any) {
				require.NotEmpty(t, r.(object)["livekit"])
				all = append(all, r.(object)["name"].(string))
			}
			return all
		}
		link := func(query string) string { return h.url + "/api/v1.0/rooms/?" + query }
		first := ada.get("/api/v1.0/rooms/?username=Bob&page_size=2")
		require.Equal(t, []string{"alpha", "bravo"}, names(first))
		require.EqualValues(t, 5, first.json()["count"])
		require.Equal(t, link("page=2&page_size=2&username=Bob"), first.json()["next"])
		require.Nil(t, first.json()["previous"])
		second := ada.get(strings.TrimPrefix(first.json()["next"].(string), h.url))
		require.Equal(t, []string{"charlie", "delta"}, names(second))
		require.Equal(t, link("page_size=2&username=Bob"), second.json()["previous"])
		last := ada.get("/api/v1.0/rooms/?page=last&page_size=2")
		require.Equal(t, []string{"echo"}, names(last))
		require.Nil(t, last.json()["next"])
		for _, page := range []string{"0", "-1", "4", "x", "99999999999999999999"} {
			ada.get("/api/v1.0/rooms/?page_size=2&page="+page).is(http.StatusNotFound, `{"detail":"Invalid page."}`)
		}
		h.anonymous().get("/api/v1.0/rooms/").is(http.StatusOK, `{"count":0,"next":null,"previous":null,"results":[]}`)
	})
}
