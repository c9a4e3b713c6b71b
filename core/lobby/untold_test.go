package lobby_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// No webhook reports anything, and nothing checks between the beginning of the first
// meeting and that of the second.
func TestLobby_lets_wait_for_the_next_meeting_though_no_webhook_told_of_the_end(t *testing.T) {
	t.Parallel()
	server := livekitdev.StartT(t, livekitdev.Options{})
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"], coretest.Media(server), coretest.Patient, func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = 20 * time.Second }))
	client := livekit.NewClient(server.LiveKit())
	defer client.Close()
	id := s.Room["id"].(string)
	owner := server.JoinT(t, s.Who["ada"].Get(coretest.LobbyRoom).Token(), nil)
	guest := &coretest.Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	s.Decide(guest.ID, true).Is(200, coretest.Decided)
	old := guest.Ask("Zoë")
	old.Admitted()
	server.JoinT(t, old.Token(), nil).Disconnect()
	owner.Disconnect()
	require.NoError(t, client.DeleteRoom(t.Context(), id))
	time.Sleep(10 * coretest.WaitShort) // LiveKit's resolution is one millisecond
	server.JoinT(t, s.Who["ada"].Get(coretest.LobbyRoom).Token(), nil)
	server.JoinT(t, old.Token(), nil)
	require.Eventually(t, func() bool {
		there, err := client.ListParticipants(t.Context(), id)
		return err == nil && len(there) == 1 && guest.Ask("Zoë").JSON()["status"] == "waiting"
	}, coretest.WaitLong, 20*coretest.WaitShort)
}
