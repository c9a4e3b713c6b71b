package auth_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
)

func TestMethods_that_do_not_exist_are_refused_after_authentication(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	for _, path := range []string{"/api/v1.0/users/me/", "/api/v1.0/users/me"} {
		h.Anonymous().Send(http.MethodPost, path, coretest.Object{}).Is(http.StatusUnauthorized, coretest.NoCredentials)
		a := ada.Send(http.MethodPost, path, coretest.Object{})
		a.Is(http.StatusMethodNotAllowed, `{"detail":"Method \"POST\" not allowed."}`)
		require.Contains(t, a.Header.Get("Allow"), "GET")
	}
	a := h.Anonymous().Send(http.MethodDelete, "/api/v1.0/config/", nil)
	a.Is(http.StatusMethodNotAllowed, `{"detail":"Method \"DELETE\" not allowed."}`)
}

func TestCSRF_guards_every_unsafe_request_of_a_session(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	room := "/api/v1.0/rooms/" + ada.Create(coretest.Object{"name": "Weekly"})["slug"].(string) + "/"
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
			a := ada.Send(x.method, x.path, coretest.Object{"name": "Taken over"}, header...)
			a.Is(http.StatusForbidden, fmt.Sprintf(`{"detail":"CSRF Failed: %s"}`, reason))
		}
	}
	require.Equal(t, "Weekly", ada.Get(room).JSON()["name"], "a refused request changed something")
	require.Equal(t, http.StatusOK, ada.Send(http.MethodPatch, room, coretest.Object{"name": "Weekly"}, "Origin", h.URL).Status)
}
