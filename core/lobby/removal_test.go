package lobby_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
)

func TestLobby_takes_back_who_was_removed_when_the_time_is_over(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"], coretest.Patient, func(_ *testing.T, c *config.Config) { c.Meetings.RemovedFor = 100 * time.Millisecond }))
	guest := &coretest.Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	s.Decide(guest.ID, true).Is(200, coretest.Decided)
	// Nothing answers at the media server's address; the lobby forgets the participant
	// all the same.
	a := s.Who["grace"].Send(http.MethodPost, coretest.LobbyRoom+"remove-participant/", coretest.Object{"participant_identity": guest.ID})
	require.Equal(t, http.StatusInternalServerError, a.Status, a.Body)
	require.Eventually(t, func() bool { return guest.Ask("Zoë").JSON()["status"] == "waiting" }, coretest.WaitLong, coretest.WaitShort)
	require.Equal(t, []string{guest.ID}, s.Waiters())
}
