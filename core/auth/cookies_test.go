package auth_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
)

func TestSession_and_CSRF_token_are_found_among_cookies_of_their_names(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	b := h.SignIn("ada")
	session, token := b.Cookie("sessionid"), b.Cookie("csrftoken")
	made := 0
	for place, sessions := range coretest.SameName("sessionid", session) {
		for where, tokens := range coretest.SameName("csrftoken", token) {
			a := h.Anonymous().Send(http.MethodPost, "/api/v1.0/rooms/", coretest.Object{"name": "Room " + place + " " + where},
				"Cookie", "sessionid="+sessions+"; csrftoken="+tokens, "X-CSRFToken", token)
			require.Equal(t, http.StatusCreated, a.Status, "%s, %s: %s", place, where, a.Body)
			require.Empty(t, a.Header.Values("Set-Cookie"))
			made++
		}
	}
	require.EqualValues(t, made, b.Get("/api/v1.0/rooms/").JSON()["count"])
}

// A header holds 36 kB, and anybody who can set cookies for a parent domain can fill it.
func TestCookies_of_ours_are_found_among_as_many_as_a_header_holds(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		s := coretest.NewStaff(coretest.Open(t, engine, coretest.Patient))
		b := s.SignIn("ada")
		guest := &coretest.Knocker{Browser: s.Anonymous()}
		id := guest.Ask("Zoë").ID()
		session, token := b.Cookie("sessionid"), b.Cookie("csrftoken")
		// among puts ours in the middle of 30 kB of others in the same form.
		among := func(name, ours string) string {
			var all []string
			for size := 0; size < 15<<10; size += len(name) + len(ours) + 3 {
				all = append(all, fmt.Sprintf("%s=%0*d", name, len(ours), len(all)))
			}
			all = append(all, name+"="+ours)
			return strings.Join(append(all, all[:len(all)-1]...), "; ")
		}
		for place, cookies := range map[string]string{
			"many small ones": strings.Repeat("a=b; ", 4000) + "sessionid=" + session + strings.Repeat("; ", 4000) + "csrftoken=" + token,
			"session":         among("sessionid", session) + "; csrftoken=" + token,
			"CSRF":            among("csrftoken", token) + "; sessionid=" + session,
		} {
			a := s.Anonymous().Send(http.MethodPost, "/api/v1.0/rooms/", coretest.Object{"name": "Room " + place}, "Cookie", cookies, "X-CSRFToken", token)
			require.Equal(t, http.StatusCreated, a.Status, "%s: %s", place, a.Body)
			require.Empty(t, a.Header.Values("Set-Cookie"))
		}
		all := strings.TrimPrefix(among(coretest.LobbyCookie, guest.Cookie), coretest.LobbyCookie+"=")
		again := &coretest.Knocker{Browser: s.Anonymous(), Cookie: all}
		require.Equal(t, id, again.Ask("Zoë").ID())
		require.Equal(t, []string{id}, s.Waiters())
	})
}
