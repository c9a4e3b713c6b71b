package core_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

func TestLobby_takes_back_who_was_removed_when_the_time_is_over(t *testing.T) {
	s := newStaff(open(t, engines["sqlite"], patient, func(_ *testing.T, c *config.Config) { c.Meetings.RemovedFor = 100 * time.Millisecond }))
	guest := &knocker{browser: s.anonymous()}
	guest.ask("Zoë").waits()
	s.decide(guest.id, true).is(200, decided)
	// Nothing answers at the media server's address; the lobby forgets the participant
	// all the same.
	a := s.who["grace"].send(http.MethodPost, lobbyRoom+"remove-participant/", object{"participant_identity": guest.id})
	require.Equal(t, http.StatusInternalServerError, a.status, a.body)
	require.Eventually(t, func() bool { return guest.ask("Zoë").json()["status"] == "waiting" }, waitLong, waitShort)
	require.Equal(t, []string{guest.id}, s.waiters())
}
