package lobby_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/sdk/livekit"
)

func TestLobby_lets_wait_whom_the_room_does_not_let_in(t *testing.T) {
	t.Parallel()
	coretest.InLobby(t, func(s *coretest.Staff) {
		for _, x := range []struct{ level, waits, admitted string }{
			{"restricted", " mary", "alan grace ada"},
			{"trusted", "", "mary alan grace ada"},
			{"public", "none", " mary alan grace ada"},
		} {
			s.SetLevel(x.level)
			names := map[bool][]string{true: strings.Split(x.waits, " "), false: strings.Split(x.admitted, " ")}
			for waits, who := range names {
				for _, name := range who {
					b := s.Who[name]
					if b == nil {
						continue
					}
					a := (&coretest.Knocker{Browser: b}).Ask("  Zoë  ")
					require.Equal(t, "Zoë", a.JSON()["username"])
					require.Equal(t, livekit.Color(a.ID()), a.JSON()["color"])
					if waits {
						a.Waits()
						continue
					}
					a.Admitted()
					claims := a.Claims()
					require.Equal(t, "Zoë", claims["name"])
					require.Equal(t, a.JSON()["color"], claims["attributes"].(coretest.Object)["color"])
					role := map[string]string{"ada": "owner", "grace": "administrator", "alan": "member"}[name]
					require.Equal(t, role, claims["attributes"].(coretest.Object)["room_role"])
					want := name
					if name == "" {
						want = a.ID()
					}
					require.Equal(t, want, claims["sub"])
					require.Equal(t, s.Room["id"], a.LiveKit()["room"])
				}
			}
		}
	})
}

func TestLobby_cookie_begins_with_the_id_and_is_set_with_every_answer(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"], coretest.Patient))
	guest := &coretest.Knocker{Browser: s.Anonymous()}
	for range 3 {
		a := guest.Ask("Zoë")
		id, err := uuid.Parse(a.ID())
		require.NoError(t, err)
		require.Equal(t, uuid.Version(4), id.Version())
		require.Equal(t, uuid.RFC4122, id.Variant())
		require.Len(t, a.Header.Values("Set-Cookie"), 1)
		require.Regexp(t, "^"+coretest.LobbyCookie+"="+a.ID()+`\.[\w-]+; Path=/; HttpOnly; Secure; SameSite=Lax$`, a.Header.Get("Set-Cookie"))
		require.Equal(t, []string{guest.ID}, s.Waiters())
	}
	s.SetLevel("public")
	require.Equal(t, guest.ID, guest.Ask("Zoë").ID())
	require.Empty(t, guest.AskAt("/api/v1.0/rooms/nowhere/request-entry/", "Zoë").Header.Values("Set-Cookie"))
}

// What a browser sends does not become an identity because it says so: an account's
// subject may be a UUID too.
func TestLobby_gives_nobody_the_identity_of_another_because_a_cookie_asks(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"]))
	s.SetLevel("public")
	guest := &coretest.Knocker{Browser: s.Anonymous()}
	own := guest.Ask("Zoë").ID()
	for _, cookie := range []string{
		"ada", s.IDs["ada"], uuid.NewString(), uuid.NewString(), strings.ToUpper(own), strings.ReplaceAll(own, "-", ""),
		"{" + own + "}", "urn:uuid:" + own, own + "x", own[:35], "%00", strings.Repeat("x", 2000), "00000000-0000-0000-0000-000000000000",
	} {
		forger := &coretest.Knocker{Browser: s.Anonymous(), Cookie: cookie}
		a := forger.Ask("Eve")
		a.Admitted()
		require.NotEqual(t, cookie, a.ID())
		require.NotEqual(t, own, a.ID())
		require.Equal(t, a.ID(), a.Claims()["sub"])
		require.Equal(t, a.ID(), forger.Ask("Eve").ID(), "and keeps the one it was given")
	}
}

func TestLobby_waits_until_somebody_decides(t *testing.T) {
	t.Parallel()
	coretest.InLobby(t, func(s *coretest.Staff) {
		first, second, mary := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Who["mary"]}
		first.Ask("Zoë").Waits()
		second.Ask("Zoë").Waits()
		mary.Ask("Mary").Waits()
		require.ElementsMatch(t, []string{first.ID, second.ID, mary.ID}, s.Waiters())
		for range 3 {
			a := first.Ask("Another name")
			a.Waits()
			require.Equal(t, "Zoë", a.JSON()["username"], "the name is that of the first request")
		}
		s.Decide(first.ID, true).Is(200, coretest.Decided)
		s.Decide(strings.ToUpper(mary.ID), true).Is(200, coretest.Decided)
		require.Equal(t, []string{second.ID}, s.Waiters())
		second.Ask("Zoë").Waits()

		a := first.Ask("Another name")
		a.Admitted()
		require.Equal(t, "Zoë", a.JSON()["username"])
		require.Equal(t, "Another name", a.Claims()["name"], "the token has the name of now")
		require.Equal(t, first.ID, a.Claims()["sub"])
		require.Empty(t, a.Claims()["attributes"].(coretest.Object)["room_role"])
		a = mary.Ask("Mary")
		a.Admitted()
		require.Equal(t, "mary", a.Claims()["sub"])
		require.Equal(t, livekit.Color(mary.ID), a.Claims()["attributes"].(coretest.Object)["color"])

		s.Decide(first.ID, false).Is(200, coretest.Decided) // decisions can be repeated
		a = first.Ask("Zoë")
		require.Equal(t, "denied", a.JSON()["status"])
		require.Contains(t, a.Body, `"livekit":null`)
	}, coretest.Patient)
}

func TestLobby_forgets_who_does_not_ask_again_and_whom_it_refused_a_while_ago(t *testing.T) {
	t.Parallel()
	coretest.InLobby(t, func(s *coretest.Staff) {
		gone, refused := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Anonymous()}
		gone.Ask("Gone").Waits()
		require.Eventually(t, func() bool { return len(s.Waiters()) == 0 }, coretest.WaitLong, coretest.WaitShort)
		s.Decide(gone.ID, true).Is(404, coretest.NotWaiting)
		require.Eventually(t, func() bool { // the guest may have gone before the decision
			refused.Ask("Refused")
			return s.Decide(refused.ID, false).Status == http.StatusOK
		}, coretest.WaitLong, coretest.WaitShort)
		require.Eventually(t, func() bool { return refused.Ask("Again").JSON()["username"] == "Again" }, coretest.WaitLong, coretest.WaitShort)
	}, coretest.Patient, func(_ *testing.T, c *config.Config) {
		c.Lobby.WaitingTimeout, c.Lobby.DeniedTimeout = 300*time.Millisecond, 50*time.Millisecond
	})
}

func TestLobby_looks_at_the_room_with_every_request(t *testing.T) {
	t.Parallel()
	coretest.InLobby(t, func(s *coretest.Staff) {
		guest, mary := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Who["mary"]}
		guest.Ask("Zoë").Waits()
		mary.Ask("Mary").Waits()
		s.SetLevel("trusted")
		guest.Ask("Zoë").Waits()
		a := mary.Ask("Countess")
		a.Admitted()
		require.Equal(t, "Mary", a.JSON()["username"], "the record of before is kept")
		require.Equal(t, "Countess", a.Claims()["name"])
		require.ElementsMatch(t, []string{guest.ID, mary.ID}, s.Waiters())

		s.SetLevel("public")
		a = guest.Ask("Another")
		a.Admitted()
		require.Equal(t, "Zoë", a.JSON()["username"])
		s.Who["ada"].Get(coretest.WaitersPath).Is(200, `{"participants":[]}`)
		s.Decide(guest.ID, true).Is(404, coretest.NoLobby)
		(&coretest.Knocker{Browser: s.Anonymous()}).Ask("New").Admitted()

		s.SetLevel("restricted")
		require.ElementsMatch(t, []string{guest.ID, mary.ID}, s.Waiters(), "nobody was added meanwhile")
		s.Grant(s.Room, "mary", "member")
		mary.Ask("Mary").Admitted()
	}, coretest.Patient)
}
