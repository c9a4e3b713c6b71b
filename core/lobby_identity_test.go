package core_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/ephemeral"
)

// copied is somebody who has copied what the meeting shows of another participant.
func (s *staff) copied(id string) *knocker { return &knocker{browser: s.anonymous(), cookie: id} }

// Everybody in a meeting sees the guests' identities: they are not a credential.
func TestLobby_takes_nobody_for_a_guest_because_they_know_the_id(t *testing.T) {
	inLobby(t, func(s *staff) {
		guest, mary := &knocker{browser: s.anonymous()}, &knocker{browser: s.who["mary"]}
		for _, k := range []*knocker{guest, mary} {
			k.ask("Zoë").waits()
			s.decide(k.id, true).is(200, decided)
		}
		for _, k := range []*knocker{guest, mary} {
			for range 2 { // admitted, with a token
				eve := s.copied(k.id)
				a := eve.ask("Eve")
				a.waits()
				require.NotEqual(t, k.id, a.id())
				a = k.ask("Zoë")
				a.admitted()
				require.Equal(t, k.id, a.id())
			}
		}
		s.setLevel("public")
		for _, k := range []*knocker{guest, mary} {
			a := s.copied(k.id).ask("Eve")
			a.admitted()
			require.NotEqual(t, k.id, a.claims()["sub"])
		}
		a := s.anonymous().get(lobbyRoom) // a token without going through the lobby
		id, _ := a.claims()["sub"].(string)
		require.NotEqual(t, id, s.copied(id).ask("Eve").claims()["sub"])
	}, patient)
}

// Browsers from before the cookie was sealed are known by their bare id while they wait:
// nobody else can know it yet.
func TestLobby_takes_a_bare_id_for_one_who_waits_and_for_nobody_else(t *testing.T) {
	inLobby(t, func(s *staff) {
		guest := &knocker{browser: s.anonymous()}
		guest.ask("Zoë").waits()
		guest.cookie = guest.id
		id := guest.id
		a := guest.ask("Zoë")
		a.waits()
		require.Equal(t, id, a.id())
		require.NotEqual(t, id, guest.cookie, "and gets a cookie as they are now")
		s.decide(id, true).is(200, decided)
		a = guest.ask("Zoë")
		a.admitted()
		require.Equal(t, id, a.id())

		// The id has been shown: everybody who was in a meeting with this guest knows
		// it.
		require.Equal(t, 200, s.who["ada"].send(http.MethodPatch, lobbyRoom, object{"access_level": "restricted"}).status)
		s.who["ada"].create(object{"name": "Elsewhere", "access_level": "restricted"})
		const elsewhere = "/api/v1.0/rooms/elsewhere/request-entry/"
		a = guest.askAt(elsewhere, "Zoë")
		a.waits()
		require.Equal(t, id, a.id())
		eve := s.copied(id)
		require.NotEqual(t, id, eve.askAt(elsewhere, "Eve").id())

		for _, unknown := range []string{uuid.NewString(), "ada", s.ids["ada"]} {
			require.NotEqual(t, unknown, s.copied(unknown).ask("Eve").id())
		}
	}, patient)
}

// A parent domain may have a cookie of the same name, which browsers may send first.
func TestLobby_takes_the_cookie_that_is_ours_wherever_it_stands(t *testing.T) {
	s := newStaff(open(t, engines["sqlite"], patient))
	guest, other := &knocker{browser: s.anonymous()}, &knocker{browser: s.anonymous()}
	guest.ask("Zoë").waits()
	other.ask("Zoë").waits()
	own, id := guest.cookie, guest.id
	for _, cookies := range []string{
		"theirs; " + lobbyCookie + "=" + own, own + "; " + lobbyCookie + "=theirs", uuid.NewString() + "; " + lobbyCookie + "=" + own,
		other.id + "; " + lobbyCookie + "=" + own, "; " + lobbyCookie + "=" + own, "theirs; " + lobbyCookie + "=" + other.id + "; " + lobbyCookie + "=" + own,
	} {
		guest.cookie = cookies
		require.Equal(t, id, guest.ask("Zoë").id(), cookies)
	}
	require.Len(t, s.waiters(), 2)
}

// The list of waiting guests may be lost: the process of a single node ends, or Redis
// loses its memory.
func TestLobby_gives_those_who_wait_their_places_back(t *testing.T) {
	s := newStaff(open(t, lobbies["redis"], patient))
	first, second, third := &knocker{browser: s.anonymous()}, &knocker{browser: s.anonymous()}, &knocker{browser: s.anonymous()}
	for _, k := range []*knocker{first, second, third} {
		k.ask("Zoë").waits()
		turn(s.house)
	}
	shared, err := ephemeral.Open(ephemeral.Options{Redis: s.cfg.Redis})
	require.NoError(t, err)
	defer shared.Close()
	require.NoError(t, shared.Queues.Clear(t.Context(), s.cfg.Lobby.KeyPrefix+":"+s.room["id"].(string), time.Time{}))
	require.Empty(t, s.waiters())
	for _, k := range []*knocker{third, second} {
		k.ask("Zoë").waits()
	}
	(&knocker{browser: s.anonymous()}).ask("New").waits()
	first.ask("Zoë").waits()
	require.Equal(t, []string{first.id, second.id, third.id}, s.waiters()[:3])

	s.who["ada"].create(object{"name": "Elsewhere", "access_level": "restricted"})
	first.askAt("/api/v1.0/rooms/elsewhere/request-entry/", "Zoë").waits() // a separate place in another queue
	require.NoError(t, shared.Queues.Clear(t.Context(), s.cfg.Lobby.KeyPrefix+":"+s.room["id"].(string), time.Time{}))
	second.ask("Zoë").waits()
	first.ask("Zoë").waits()
	require.Equal(t, []string{second.id, first.id}, s.waiters())
}

// turn waits for the next millisecond, the resolution at which waiting guests are
// ordered.
func turn(h *house) {
	h.Helper()
	now := time.Now().UnixMilli()
	require.Eventually(h, func() bool { return time.Now().UnixMilli() > now }, waitLong, time.Millisecond)
}
