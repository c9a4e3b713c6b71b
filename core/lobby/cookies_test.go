package lobby_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
)

func TestLobby_knows_its_guest_among_cookies_of_one_name(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"], coretest.Patient))
	guest := &coretest.Knocker{Browser: s.Anonymous()}
	id := guest.Ask("Zoë").ID()
	for place, cookies := range coretest.SameName(coretest.LobbyCookie, guest.Cookie) {
		again := &coretest.Knocker{Browser: s.Anonymous(), Cookie: cookies}
		require.Equal(t, id, again.Ask("Zoë").ID(), place)
	}
	require.Equal(t, []string{id}, s.Waiters())
}

func TestLobby_counts_its_guest_among_cookies_of_one_name(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Throttles.RequestEntry = "2/day" }))
	s.SetLevel("public")
	guest := &coretest.Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Admitted() // guests without a cookie are not counted
	for i, status := range []int{200, 200, 429} {
		other := strings.Repeat("x", i+1) // so that no two requests have the same first cookie
		k := &coretest.Knocker{Browser: guest.Browser, Cookie: other + "; " + coretest.LobbyCookie + "=" + guest.Cookie}
		require.Equal(t, status, k.Ask("Zoë").Status, "a cookie put before is no way round the throttle")
	}
}
