package core_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/livekit"
)

const decided = `{"message":"Participant was updated."}`

func TestLobby_lets_wait_whom_the_room_does_not_let_in(t *testing.T) {
	inLobby(t, func(s *staff) {
		for _, x := range []struct{ level, waits, admitted string }{
			{"restricted", " mary", "alan grace ada"},
			{"trusted", "", "mary alan grace ada"},
			{"public", "none", " mary alan grace ada"},
		} {
			s.setLevel(x.level)
			names := map[bool][]string{true: strings.Split(x.waits, " "), false: strings.Split(x.admitted, " ")}
			for waits, who := range names {
				for _, name := range who {
					b := s.who[name]
					if b == nil {
						continue
					}
					a := (&knocker{browser: b}).ask("  Zoë  ")
					require.Equal(t, "Zoë", a.json()["username"])
					require.Equal(t, livekit.Color(a.id()), a.json()["color"])
					if waits {
						a.waits()
						continue
					}
					a.admitted()
					claims := a.claims()
					require.Equal(t, "Zoë", claims["name"])
					require.Equal(t, a.json()["color"], claims["attributes"].(object)["color"])
					role := map[string]string{"ada": "owner", "grace": "administrator", "alan": "member"}[name]
					require.Equal(t, role, claims["attributes"].(object)["room_role"])
					want := name
					if name == "" {
						want = a.id()
					}
					require.Equal(t, want, claims["sub"])
					require.Equal(t, s.room["id"], a.livekit()["room"])
				}
			}
		}
	})
}

func TestLobby_cookie_begins_with_the_id_and_is_set_with_every_answer(t *testing.T) {
	s := newStaff(open(t, engines["sqlite"], patient))
	guest := &knocker{browser: s.anonymous()}
	for range 3 {
		a := guest.ask("Zoë")
		id, err := uuid.Parse(a.id())
		require.NoError(t, err)
		require.Equal(t, uuid.Version(4), id.Version())
		require.Equal(t, uuid.RFC4122, id.Variant())
		require.Len(t, a.header.Values("Set-Cookie"), 1)
		require.Regexp(t, "^"+lobbyCookie+"="+a.id()+`\.[\w-]+; Path=/; HttpOnly; Secure; SameSite=Lax$`, a.header.Get("Set-Cookie"))
		require.Equal(t, []string{guest.id}, s.waiters())
	}
	s.setLevel("public")
	require.Equal(t, guest.id, guest.ask("Zoë").id())
	require.Empty(t, guest.askAt("/api/v1.0/rooms/nowhere/request-entry/", "Zoë").header.Values("Set-Cookie"))
}

// What a browser sends does not become an identity because it says so: an account's
// subject may be a UUID too.
func TestLobby_gives_nobody_the_identity_of_another_because_a_cookie_asks(t *testing.T) {
	s := newStaff(open(t, engines["sqlite"]))
	s.setLevel("public")
	guest := &knocker{browser: s.anonymous()}
	own := guest.ask("Zoë").id()
	for _, cookie := range []string{
		"ada", s.ids["ada"], uuid.NewString(), uuid.NewString(), strings.ToUpper(own), strings.ReplaceAll(own, "-", ""),
		"{" + own + "}", "urn:uuid:" + own, own + "x", own[:35], "%00", strings.Repeat("x", 2000), "00000000-0000-0000-0000-000000000000",
	} {
		forger := &knocker{browser: s.anonymous(), cookie: cookie}
		a := forger.ask("Eve")
		a.admitted()
		require.NotEqual(t, cookie, a.id())
		require.NotEqual(t, own, a.id())
		require.Equal(t, a.id(), a.claims()["sub"])
		require.Equal(t, a.id(), forger.ask("Eve").id(), "and keeps the one it was given")
	}
}

func TestLobby_waits_until_somebody_decides(t *testing.T) {
	inLobby(t, func(s *staff) {
		first, second, mary := &knocker{browser: s.anonymous()}, &knocker{browser: s.anonymous()}, &knocker{browser: s.who["mary"]}
		first.ask("Zoë").waits()
		second.ask("Zoë").waits()
		mary.ask("Mary").waits()
		require.ElementsMatch(t, []string{first.id, second.id, mary.id}, s.waiters())
		for range 3 {
			a := first.ask("Another name")
			a.waits()
			require.Equal(t, "Zoë", a.json()["username"], "the name is that of the first request")
		}
		s.decide(first.id, true).is(200, decided)
		s.decide(strings.ToUpper(mary.id), true).is(200, decided)
		require.Equal(t, []string{second.id}, s.waiters())
		second.ask("Zoë").waits()

		a := first.ask("Another name")
		a.admitted()
		require.Equal(t, "Zoë", a.json()["username"])
		require.Equal(t, "Another name", a.claims()["name"], "the token has the name of now")
		require.Equal(t, first.id, a.claims()["sub"])
		require.Empty(t, a.claims()["attributes"].(object)["room_role"])
		a = mary.ask("Mary")
		a.admitted()
		require.Equal(t, "mary", a.claims()["sub"])
		require.Equal(t, livekit.Color(mary.id), a.claims()["attributes"].(object)["color"])

		s.decide(first.id, false).is(200, decided) // decisions can be repeated
		a = first.ask("Zoë")
		require.Equal(t, "denied", a.json()["status"])
		require.Contains(t, a.body, `"livekit":null`)
	}, patient)
}

func TestLobby_forgets_who_does_not_ask_again_and_whom_it_refused_a_while_ago(t *testing.T) {
	inLobby(t, func(s *staff) {
		gone, refused := &knocker{browser: s.anonymous()}, &knocker{browser: s.anonymous()}
		gone.ask("Gone").waits()
		require.Eventually(t, func() bool { return len(s.waiters()) == 0 }, waitLong, waitShort)
		s.decide(gone.id, true).is(404, notWaiting)
		require.Eventually(t, func() bool { // the guest may have gone before the decision
			refused.ask("Refused")
			return s.decide(refused.id, false).status == http.StatusOK
		}, waitLong, waitShort)
		require.Eventually(t, func() bool { return refused.ask("Again").json()["username"] == "Again" }, waitLong, waitShort)
	}, patient, func(_ *testing.T, c *config.Config) {
		c.Lobby.WaitingTimeout, c.Lobby.DeniedTimeout = 300*time.Millisecond, 50*time.Millisecond
	})
}

func TestLobby_looks_at_the_room_with_every_request(t *testing.T) {
	inLobby(t, func(s *staff) {
		guest, mary := &knocker{browser: s.anonymous()}, &knocker{browser: s.who["mary"]}
		guest.ask("Zoë").waits()
		mary.ask("Mary").waits()
		s.setLevel("trusted")
		guest.ask("Zoë").waits()
		a := mary.ask("Countess")
		a.admitted()
		require.Equal(t, "Mary", a.json()["username"], "the record of before is kept")
		require.Equal(t, "Countess", a.claims()["name"])
		require.ElementsMatch(t, []string{guest.id, mary.id}, s.waiters())

		s.setLevel("public")
		a = guest.ask("Another")
		a.admitted()
		require.Equal(t, "Zoë", a.json()["username"])
		s.who["ada"].get(waitersPath).is(200, `{"participants":[]}`)
		s.decide(guest.id, true).is(404, noLobby)
		(&knocker{browser: s.anonymous()}).ask("New").admitted()

		s.setLevel("restricted")
		require.ElementsMatch(t, []string{guest.id, mary.id}, s.waiters(), "nobody was added meanwhile")
		s.grant(s.room, "mary", "member")
		mary.ask("Mary").admitted()
	}, patient)
}
