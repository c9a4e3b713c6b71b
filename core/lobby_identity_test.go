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
func (s *Staff) copied(id string) *Knocker { return &Knocker{Browser: s.Anonymous(), Cookie: id} }

// Everybody in a meeting sees the guests' identities: they are not a credential.
func TestLobby_takes_nobody_for_a_guest_because_they_know_the_id(t *testing.T) {
	InLobby(t, func(s *Staff) {
		guest, mary := &Knocker{Browser: s.Anonymous()}, &Knocker{Browser: s.Who["mary"]}
		for _, k := range []*Knocker{guest, mary} {
			k.Ask("Zoë").Waits()
			s.Decide(k.ID, true).Is(200, Decided)
		}
		for _, k := range []*Knocker{guest, mary} {
			for range 2 { // admitted, with a token
				eve := s.copied(k.ID)
				a := eve.Ask("Eve")
				a.Waits()
				require.NotEqual(t, k.ID, a.ID())
				a = k.Ask("Zoë")
				a.Admitted()
				require.Equal(t, k.ID, a.ID())
			}
		}
		s.SetLevel("public")
		for _, k := range []*Knocker{guest, mary} {
			a := s.copied(k.ID).Ask("Eve")
			a.Admitted()
			require.NotEqual(t, k.ID, a.Claims()["sub"])
		}
		a := s.Anonymous().Get(LobbyRoom) // a token without going through the lobby
		id, _ := a.Claims()["sub"].(string)
		require.NotEqual(t, id, s.copied(id).Ask("Eve").Claims()["sub"])
	}, Patient)
}

// Browsers from before the cookie was sealed are known by their bare id while they wait:
// nobody else can know it yet.
func TestLobby_takes_a_bare_id_for_one_who_waits_and_for_nobody_else(t *testing.T) {
	InLobby(t, func(s *Staff) {
		guest := &Knocker{Browser: s.Anonymous()}
		guest.Ask("Zoë").Waits()
		guest.Cookie = guest.ID
		id := guest.ID
		a := guest.Ask("Zoë")
		a.Waits()
		require.Equal(t, id, a.ID())
		require.NotEqual(t, id, guest.Cookie, "and gets a cookie as they are now")
		s.Decide(id, true).Is(200, Decided)
		a = guest.Ask("Zoë")
		a.Admitted()
		require.Equal(t, id, a.ID())

		// The id has been shown: everybody who was in a meeting with this guest knows
		// it.
		require.Equal(t, 200, s.Who["ada"].Send(http.MethodPatch, LobbyRoom, Object{"access_level": "restricted"}).Status)
		s.Who["ada"].Create(Object{"name": "Elsewhere", "access_level": "restricted"})
		const elsewhere = "/api/v1.0/rooms/elsewhere/request-entry/"
		a = guest.AskAt(elsewhere, "Zoë")
		a.Waits()
		require.Equal(t, id, a.ID())
		eve := s.copied(id)
		require.NotEqual(t, id, eve.AskAt(elsewhere, "Eve").ID())

		for _, unknown := range []string{uuid.NewString(), "ada", s.IDs["ada"]} {
			require.NotEqual(t, unknown, s.copied(unknown).Ask("Eve").ID())
		}
	}, Patient)
}

// A parent domain may have a cookie of the same name, which browsers may send first.
func TestLobby_takes_the_cookie_that_is_ours_wherever_it_stands(t *testing.T) {
	s := NewStaff(Open(t, Engines["sqlite"], Patient))
	guest, other := &Knocker{Browser: s.Anonymous()}, &Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	other.Ask("Zoë").Waits()
	own, id := guest.Cookie, guest.ID
	for _, cookies := range []string{
		"theirs; " + LobbyCookie + "=" + own, own + "; " + LobbyCookie + "=theirs", uuid.NewString() + "; " + LobbyCookie + "=" + own,
		other.ID + "; " + LobbyCookie + "=" + own, "; " + LobbyCookie + "=" + own, "theirs; " + LobbyCookie + "=" + other.ID + "; " + LobbyCookie + "=" + own,
	} {
		guest.Cookie = cookies
		require.Equal(t, id, guest.Ask("Zoë").ID(), cookies)
	}
	require.Len(t, s.Waiters(), 2)
}

// The list of waiting guests may be lost: the process of a single node ends, or Redis
// loses its memory.
func TestLobby_gives_those_who_wait_their_places_back(t *testing.T) {
	s := NewStaff(Open(t, Lobbies["redis"], Patient))
	first, second, third := &Knocker{Browser: s.Anonymous()}, &Knocker{Browser: s.Anonymous()}, &Knocker{Browser: s.Anonymous()}
	for _, k := range []*Knocker{first, second, third} {
		k.Ask("Zoë").Waits()
		turn(s.House)
	}
	shared, err := ephemeral.Open(ephemeral.Options{Redis: s.Config.Redis})
	require.NoError(t, err)
	defer shared.Close()
	require.NoError(t, shared.Queues.Clear(t.Context(), s.Config.Lobby.KeyPrefix+":"+s.Room["id"].(string), time.Time{}))
	require.Empty(t, s.Waiters())
	for _, k := range []*Knocker{third, second} {
		k.Ask("Zoë").Waits()
	}
	(&Knocker{Browser: s.Anonymous()}).Ask("New").Waits()
	first.Ask("Zoë").Waits()
	require.Equal(t, []string{first.ID, second.ID, third.ID}, s.Waiters()[:3])

	s.Who["ada"].Create(Object{"name": "Elsewhere", "access_level": "restricted"})
	first.AskAt("/api/v1.0/rooms/elsewhere/request-entry/", "Zoë").Waits() // a separate place in another queue
	require.NoError(t, shared.Queues.Clear(t.Context(), s.Config.Lobby.KeyPrefix+":"+s.Room["id"].(string), time.Time{}))
	second.Ask("Zoë").Waits()
	first.Ask("Zoë").Waits()
	require.Equal(t, []string{second.ID, first.ID}, s.Waiters())
}

// turn waits for the next millisecond, the resolution at which waiting guests are
// ordered.
func turn(h *House) {
	h.Helper()
	now := time.Now().UnixMilli()
	require.Eventually(h, func() bool { return time.Now().UnixMilli() > now }, WaitLong, time.Millisecond)
}
