package lobby_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/core/ephemeral"
)

// copied is somebody who has copied what the meeting shows of another participant.
func copied(s *coretest.Staff, id string) *coretest.Knocker {
	return &coretest.Knocker{Browser: s.Anonymous(), Cookie: id}
}

// Everybody in a meeting sees the guests' identities: they are not a credential.
func TestLobby_takes_nobody_for_a_guest_because_they_know_the_id(t *testing.T) {
	t.Parallel()
	coretest.InLobby(t, func(s *coretest.Staff) {
		guest, mary := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Who["mary"]}
		for _, k := range []*coretest.Knocker{guest, mary} {
			k.Ask("Zoë").Waits()
			s.Decide(k.ID, true).Is(200, coretest.Decided)
		}
		for _, k := range []*coretest.Knocker{guest, mary} {
			for range 2 { // admitted, with a token
				eve := copied(s, k.ID)
				a := eve.Ask("Eve")
				a.Waits()
				require.NotEqual(t, k.ID, a.ID())
				a = k.Ask("Zoë")
				a.Admitted()
				require.Equal(t, k.ID, a.ID())
			}
		}
		s.SetLevel("public")
		for _, k := range []*coretest.Knocker{guest, mary} {
			a := copied(s, k.ID).Ask("Eve")
			a.Admitted()
			require.NotEqual(t, k.ID, a.Claims()["sub"])
		}
		a := s.Anonymous().Get(coretest.LobbyRoom) // a token without going through the lobby
		id, _ := a.Claims()["sub"].(string)
		require.NotEqual(t, id, copied(s, id).Ask("Eve").Claims()["sub"])
	}, coretest.Patient)
}

// Browsers from before the cookie was sealed are known by their bare id while they wait:
// nobody else can know it yet.
func TestLobby_takes_a_bare_id_for_one_who_waits_and_for_nobody_else(t *testing.T) {
	t.Parallel()
	coretest.InLobby(t, func(s *coretest.Staff) {
		guest := &coretest.Knocker{Browser: s.Anonymous()}
		guest.Ask("Zoë").Waits()
		guest.Cookie = guest.ID
		id := guest.ID
		a := guest.Ask("Zoë")
		a.Waits()
		require.Equal(t, id, a.ID())
		require.NotEqual(t, id, guest.Cookie, "and gets a cookie as they are now")
		s.Decide(id, true).Is(200, coretest.Decided)
		a = guest.Ask("Zoë")
		a.Admitted()
		require.Equal(t, id, a.ID())

		// The id has been shown: everybody who was in a meeting with this guest knows
		// it.
		require.Equal(t, 200, s.Who["ada"].Send(http.MethodPatch, coretest.LobbyRoom, coretest.Object{"access_level": "restricted"}).Status)
		s.Who["ada"].Create(coretest.Object{"name": "Elsewhere", "access_level": "restricted"})
		const elsewhere = "/api/v1.0/rooms/elsewhere/request-entry/"
		a = guest.AskAt(elsewhere, "Zoë")
		a.Waits()
		require.Equal(t, id, a.ID())
		eve := copied(s, id)
		require.NotEqual(t, id, eve.AskAt(elsewhere, "Eve").ID())

		for _, unknown := range []string{uuid.NewString(), "ada", s.IDs["ada"]} {
			require.NotEqual(t, unknown, copied(s, unknown).Ask("Eve").ID())
		}
	}, coretest.Patient)
}

// A parent domain may have a cookie of the same name, which browsers may send first.
func TestLobby_takes_the_cookie_that_is_ours_wherever_it_stands(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"], coretest.Patient))
	guest, other := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	other.Ask("Zoë").Waits()
	own, id := guest.Cookie, guest.ID
	for _, cookies := range []string{
		"theirs; " + coretest.LobbyCookie + "=" + own, own + "; " + coretest.LobbyCookie + "=theirs", uuid.NewString() + "; " + coretest.LobbyCookie + "=" + own,
		other.ID + "; " + coretest.LobbyCookie + "=" + own, "; " + coretest.LobbyCookie + "=" + own, "theirs; " + coretest.LobbyCookie + "=" + other.ID + "; " + coretest.LobbyCookie + "=" + own,
	} {
		guest.Cookie = cookies
		require.Equal(t, id, guest.Ask("Zoë").ID(), cookies)
	}
	require.Len(t, s.Waiters(), 2)
}

// The list of waiting guests may be lost: the process of a single node ends, or Redis
// loses its memory.
func TestLobby_gives_those_who_wait_their_places_back(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Lobbies["redis"], coretest.Patient))
	first, second, third := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Anonymous()}
	for _, k := range []*coretest.Knocker{first, second, third} {
		k.Ask("Zoë").Waits()
		turn(s.House)
	}
	shared, err := ephemeral.Open(ephemeral.Options{Redis: s.Config.Redis})
	require.NoError(t, err)
	defer shared.Close()
	require.NoError(t, shared.Queues.Clear(t.Context(), s.Config.Lobby.KeyPrefix+":"+s.Room["id"].(string), time.Time{}))
	require.Empty(t, s.Waiters())
	for _, k := range []*coretest.Knocker{third, second} {
		k.Ask("Zoë").Waits()
	}
	(&coretest.Knocker{Browser: s.Anonymous()}).Ask("New").Waits()
	first.Ask("Zoë").Waits()
	require.Equal(t, []string{first.ID, second.ID, third.ID}, s.Waiters()[:3])

	s.Who["ada"].Create(coretest.Object{"name": "Elsewhere", "access_level": "restricted"})
	first.AskAt("/api/v1.0/rooms/elsewhere/request-entry/", "Zoë").Waits() // a separate place in another queue
	require.NoError(t, shared.Queues.Clear(t.Context(), s.Config.Lobby.KeyPrefix+":"+s.Room["id"].(string), time.Time{}))
	second.Ask("Zoë").Waits()
	first.Ask("Zoë").Waits()
	require.Equal(t, []string{second.ID, first.ID}, s.Waiters())
}

// turn waits for the next millisecond, the resolution at which waiting guests are
// ordered.
func turn(h *coretest.House) {
	h.Helper()
	now := time.Now().UnixMilli()
	require.Eventually(h, func() bool { return time.Now().UnixMilli() > now }, coretest.WaitLong, time.Millisecond)
}
