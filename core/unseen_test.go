package core_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// No webhook reports anything, and nothing checks between the beginning of the first
// meeting and that of the second.
func TestLobby_lets_wait_for_the_next_meeting_though_no_webhook_told_of_the_end(t *testing.T) {
	server := livekitdev.StartT(t, livekitdev.Options{})
	s := newStaff(open(t, engines["sqlite"], media(server), patient, func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = 20 * time.Second }))
	client := livekit.NewClient(server.LiveKit())
	defer client.Close()
	id := s.room["id"].(string)
	owner := server.JoinT(t, s.who["ada"].get(lobbyRoom).token(), nil)
	guest := &knocker{browser: s.anonymous()}
	guest.ask("Zoë").waits()
	s.decide(guest.id, true).is(200, decided)
	old := guest.ask("Zoë")
	old.admitted()
	server.JoinT(t, old.token(), nil).Disconnect()
	owner.Disconnect()
	require.NoError(t, client.DeleteRoom(t.Context(), id))
	time.Sleep(10 * waitShort) // LiveKit's resolution is one millisecond
	server.JoinT(t, s.who["ada"].get(lobbyRoom).token(), nil)
	server.JoinT(t, old.token(), nil)
	require.Eventually(t, func() bool {
		there, err := client.ListParticipants(t.Context(), id)
		return err == nil && len(there) == 1 && guest.ask("Zoë").json()["status"] == "waiting"
	}, waitLong, 20*waitShort)
}
