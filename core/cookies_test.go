package core_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

// SameName returns headers with several cookies of one name, as browsers send them when
// a parent domain has set some too; their order cannot be relied on (RFC 6265 5.4).
func SameName(name, ours string) map[string]string {
	with := func(values ...string) string { return strings.Join(values, "; "+name+"=") }
	alike := strings.Repeat("a", len(ours)) // in the form of ours
	return map[string]string{
		"alone": ours, "first": with(ours, "theirs"), "last": with("theirs", ours), "between": with("theirs", ours, "theirs"),
		"after an empty one": with("", ours), "after one of its form": with(alike, ours), "before one of its form": with(ours, alike),
		"after a longer one": with(strings.Repeat("x", 4000), ours), "twice": with(ours, ours),
	}
}

func TestSession_and_CSRF_token_are_found_among_cookies_of_their_names(t *testing.T) {
	h := Open(t, Engines["sqlite"])
	b := h.SignIn("ada")
	session, token := b.Cookie("sessionid"), b.Cookie("csrftoken")
	made := 0
	for place, sessions := range SameName("sessionid", session) {
		for where, tokens := range SameName("csrftoken", token) {
			a := h.Anonymous().Send(http.MethodPost, "/api/v1.0/rooms/", Object{"name": "Room " + place + " " + where},
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
	OnBoth(t, func(t *testing.T, engine Setting) {
		s := NewStaff(Open(t, engine, Patient))
		b := s.SignIn("ada")
		guest := &Knocker{Browser: s.Anonymous()}
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
			a := s.Anonymous().Send(http.MethodPost, "/api/v1.0/rooms/", Object{"name": "Room " + place}, "Cookie", cookies, "X-CSRFToken", token)
			require.Equal(t, http.StatusCreated, a.Status, "%s: %s", place, a.Body)
			require.Empty(t, a.Header.Values("Set-Cookie"))
		}
		all := strings.TrimPrefix(among(LobbyCookie, guest.Cookie), LobbyCookie+"=")
		again := &Knocker{Browser: s.Anonymous(), Cookie: all}
		require.Equal(t, id, again.Ask("Zoë").ID())
		require.Equal(t, []string{id}, s.Waiters())
	})
}

func TestLobby_knows_its_guest_among_cookies_of_one_name(t *testing.T) {
	s := NewStaff(Open(t, Engines["sqlite"], Patient))
	guest := &Knocker{Browser: s.Anonymous()}
	id := guest.Ask("Zoë").ID()
	for place, cookies := range SameName(LobbyCookie, guest.Cookie) {
		again := &Knocker{Browser: s.Anonymous(), Cookie: cookies}
		require.Equal(t, id, again.Ask("Zoë").ID(), place)
	}
	require.Equal(t, []string{id}, s.Waiters())
}

func TestLobby_counts_its_guest_among_cookies_of_one_name(t *testing.T) {
	s := NewStaff(Open(t, Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Throttles.RequestEntry = "2/day" }))
	s.SetLevel("public")
	guest := &Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Admitted() // guests without a cookie are not counted
	for i, status := range []int{200, 200, 429} {
		other := strings.Repeat("x", i+1) // so that no two requests have the same first cookie
		k := &Knocker{Browser: guest.Browser, Cookie: other + "; " + LobbyCookie + "=" + guest.Cookie}
		require.Equal(t, status, k.Ask("Zoë").Status, "a cookie put before is no way round the throttle")
	}
}
