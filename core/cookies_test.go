package core_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

// sameName returns headers with several cookies of one name, as browsers send them when
// a parent domain has set some too; their order cannot be relied on (RFC 6265 5.4).
func sameName(name, ours string) map[string]string {
	with := func(values ...string) string { return strings.Join(values, "; "+name+"=") }
	alike := strings.Repeat("a", len(ours)) // in the form of ours
	return map[string]string{
		"alone": ours, "first": with(ours, "theirs"), "last": with("theirs", ours), "between": with("theirs", ours, "theirs"),
		"after an empty one": with("", ours), "after one of its form": with(alike, ours), "before one of its form": with(ours, alike),
		"after a longer one": with(strings.Repeat("x", 4000), ours), "twice": with(ours, ours),
	}
}

func TestSession_and_CSRF_token_are_found_among_cookies_of_their_names(t *testing.T) {
	h := open(t, engines["sqlite"])
	b := h.signIn("ada")
	session, token := b.cookie("sessionid"), b.cookie("csrftoken")
	made := 0
	for place, sessions := range sameName("sessionid", session) {
		for where, tokens := range sameName("csrftoken", token) {
			a := h.anonymous().send(http.MethodPost, "/api/v1.0/rooms/", object{"name": "Room " + place + " " + where},
				"Cookie", "sessionid="+sessions+"; csrftoken="+tokens, "X-CSRFToken", token)
			require.Equal(t, http.StatusCreated, a.status, "%s, %s: %s", place, where, a.body)
			require.Empty(t, a.header.Values("Set-Cookie"))
			made++
		}
	}
	require.EqualValues(t, made, b.get("/api/v1.0/rooms/").json()["count"])
}

// A header holds 36 kB, and anybody who can set cookies for a parent domain can fill it.
func TestCookies_of_ours_are_found_among_as_many_as_a_header_holds(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		s := newStaff(open(t, engine, patient))
		b := s.signIn("ada")
		guest := &knocker{browser: s.anonymous()}
		id := guest.ask("Zoë").id()
		session, token := b.cookie("sessionid"), b.cookie("csrftoken")
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
			a := s.anonymous().send(http.MethodPost, "/api/v1.0/rooms/", object{"name": "Room " + place}, "Cookie", cookies, "X-CSRFToken", token)
			require.Equal(t, http.StatusCreated, a.status, "%s: %s", place, a.body)
			require.Empty(t, a.header.Values("Set-Cookie"))
		}
		all := strings.TrimPrefix(among(lobbyCookie, guest.cookie), lobbyCookie+"=")
		again := &knocker{browser: s.anonymous(), cookie: all}
		require.Equal(t, id, again.ask("Zoë").id())
		require.Equal(t, []string{id}, s.waiters())
	})
}

func TestLobby_knows_its_guest_among_cookies_of_one_name(t *testing.T) {
	s := newStaff(open(t, engines["sqlite"], patient))
	guest := &knocker{browser: s.anonymous()}
	id := guest.ask("Zoë").id()
	for place, cookies := range sameName(lobbyCookie, guest.cookie) {
		again := &knocker{browser: s.anonymous(), cookie: cookies}
		require.Equal(t, id, again.ask("Zoë").id(), place)
	}
	require.Equal(t, []string{id}, s.waiters())
}

func TestLobby_counts_its_guest_among_cookies_of_one_name(t *testing.T) {
	s := newStaff(open(t, engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Throttles.RequestEntry = "2/day" }))
	s.setLevel("public")
	guest := &knocker{browser: s.anonymous()}
	guest.ask("Zoë").admitted() // guests without a cookie are not counted
	for i, status := range []int{200, 200, 429} {
		other := strings.Repeat("x", i+1) // so that no two requests have the same first cookie
		k := &knocker{browser: guest.browser, cookie: other + "; " + lobbyCookie + "=" + guest.cookie}
		require.Equal(t, status, k.ask("Zoë").status, "a cookie put before is no way round the throttle")
	}
}
