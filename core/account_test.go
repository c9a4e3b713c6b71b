package core_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	NoCredentials = `{"detail":"Authentication credentials were not provided."}`
	Forbidden     = `{"detail":"You do not have permission to perform this action."}`
	NoRoom        = `{"detail":"No Room matches the given query."}`
)

func TestMe_shows_the_account_and_challenges_others(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		h := Open(t, engine)
		me := h.SignIn("ada").Get("/api/v1.0/users/me/").JSON()
		require.Equal(t, UserKeys, Keys(me))
		delete(me, "id")
		require.Equal(t, Object{
			"email": "ada@example.org", "full_name": "Ada Lane", "short_name": "Ada", "timezone": "UTC", "language": "en-us",
			"default_room_access_level": nil, "default_room_configuration": Object{},
		}, me)
		for _, path := range []string{"/api/v1.0/users/me/", "/api/v1.0/users/me"} {
			a := h.Anonymous().Get(path, "Cookie", "sessionid=made-up-by-somebody")
			a.Is(http.StatusUnauthorized, NoCredentials)
			require.Equal(t, "Session", a.Header.Get("WWW-Authenticate"))
		}
	})
}

func TestMethods_that_do_not_exist_are_refused_after_authentication(t *testing.T) {
	h := Open(t, Engines["sqlite"])
	ada := h.SignIn("ada")
	for _, path := range []string{"/api/v1.0/users/me/", "/api/v1.0/users/me"} {
		h.Anonymous().Send(http.MethodPost, path, Object{}).Is(http.StatusUnauthorized, NoCredentials)
		a := ada.Send(http.MethodPost, path, Object{})
		a.Is(http.StatusMethodNotAllowed, `{"detail":"Method \"POST\" not allowed."}`)
		require.Contains(t, a.Header.Get("Allow"), "GET")
	}
	a := h.Anonymous().Send(http.MethodDelete, "/api/v1.0/config/", nil)
	a.Is(http.StatusMethodNotAllowed, `{"detail":"Method \"DELETE\" not allowed."}`)
}

func TestCSRF_guards_every_unsafe_request_of_a_session(t *testing.T) {
	h := Open(t, Engines["sqlite"])
	ada := h.SignIn("ada")
	room := "/api/v1.0/rooms/" + ada.Create(Object{"name": "Weekly"})["slug"].(string) + "/"
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
			a := ada.Send(x.method, x.path, Object{"name": "Taken over"}, header...)
			a.Is(http.StatusForbidden, fmt.Sprintf(`{"detail":"CSRF Failed: %s"}`, reason))
		}
	}
	require.Equal(t, "Weekly", ada.Get(room).JSON()["name"], "a refused request changed something")
	require.Equal(t, http.StatusOK, ada.Send(http.MethodPatch, room, Object{"name": "Weekly"}, "Origin", h.URL).Status)
}

func TestList_pages_through_the_rooms_of_the_caller(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		h := Open(t, engine)
		ada := h.SignIn("ada")
		for _, name := range []string{"delta", "alpha", "echo", "charlie", "bravo"} {
			ada.Create(Object{"name": name})
		}
		h.SignIn("mary").Create(Object{"name": "not Ada's"})
		names := func(a Answer) (all []string) {
			for _, r := range a.JSON()["results"].([]any) {
				require.NotEmpty(t, r.(Object)["livekit"])
				all = append(all, r.(Object)["name"].(string))
			}
			return all
		}
		link := func(query string) string { return h.URL + "/api/v1.0/rooms/?" + query }
		first := ada.Get("/api/v1.0/rooms/?username=Bob&page_size=2")
		require.Equal(t, []string{"alpha", "bravo"}, names(first))
		require.EqualValues(t, 5, first.JSON()["count"])
		require.Equal(t, link("page=2&page_size=2&username=Bob"), first.JSON()["next"])
		require.Nil(t, first.JSON()["previous"])
		second := ada.Get(strings.TrimPrefix(first.JSON()["next"].(string), h.URL))
		require.Equal(t, []string{"charlie", "delta"}, names(second))
		require.Equal(t, link("page_size=2&username=Bob"), second.JSON()["previous"])
		last := ada.Get("/api/v1.0/rooms/?page=last&page_size=2")
		require.Equal(t, []string{"echo"}, names(last))
		require.Nil(t, last.JSON()["next"])
		for _, page := range []string{"0", "-1", "4", "x", "99999999999999999999"} {
			ada.Get("/api/v1.0/rooms/?page_size=2&page="+page).Is(http.StatusNotFound, `{"detail":"Invalid page."}`)
		}
		h.Anonymous().Get("/api/v1.0/rooms/").Is(http.StatusOK, `{"count":0,"next":null,"previous":null,"results":[]}`)
	})
}
