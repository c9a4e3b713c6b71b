package core_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/livekit"
	"foyer/core/meetings"
	"foyer/internal/dev/livekitdev"
)

// awaitHeard returns when the meetings have heard of an event.
func (h *house) awaitHeard(event string) {
	h.Helper()
	require.Eventually(h, func() bool {
		for _, j := range h.deliveries(jobs.Done) {
			if j.Topic == meetings.Name && j.About == "event="+event {
				return true
			}
		}
		return false
	}, waitLong, 4*waitShort)
}

// Events of one who came and left are told in the wrong order, and of two
// connections the older one last.
func TestGuest_who_has_left_waits_again_in_whatever_order_that_is_told(t *testing.T) {
	for kept := range lobbies {
		t.Run(kept, func(t *testing.T) {
			server := livekitdev.StartT(t, livekitdev.Options{}) // posts none itself
			h := open(t, lobbies[kept], media(server), patient, graceless, func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = time.Hour })
			m := &meeting{staff: newStaff(h), server: server}
			m.server.JoinT(t, m.who["ada"].get(lobbyRoom).token(), nil)
			tell := func(event string, p livekit.Participant) {
				at := strconv.FormatInt(time.Now().Unix(), 10)
				m.hookedBy(object{"event": event, "id": event + p.SID, "createdAt": at, "room": object{"name": m.room["id"]},
					"participant": object{"identity": p.Identity, "sid": p.SID, "joinedAt": strconv.FormatInt(p.JoinedAt.Unix(), 10),
						"attributes": object{"is_authenticated": "false"}}}).is(200, success)
				m.awaitHeard(event + p.SID)
			}
			come := func(k *knocker) (livekit.Participant, func()) {
				room := m.server.JoinT(t, k.ask("Zoë").token(), nil)
				p, err := clientOf(t, server).GetParticipant(t.Context(), m.room["id"].(string), k.id)
				require.NoError(t, err)
				return p, room.Disconnect
			}
			once, twice := &knocker{browser: m.anonymous()}, &knocker{browser: m.anonymous()}
			for _, k := range []*knocker{once, twice} {
				k.ask("Zoë").waits()
				m.decide(k.id, true).is(200, decided)
			}
			p, leave := come(once)
			leave()
			m.absent(once.id)
			inTheNextSecond(t)
			tell("participant_left", p)
			tell("participant_joined", p)
			once.ask("Zoë").waits()

			first, _ := come(twice)
			second, leave := come(twice)
			require.NotEqual(t, first.SID, second.SID)
			tell("participant_joined", second)
			tell("participant_joined", first)
			twice.ask("Zoë").admitted()
			leave()
			m.absent(twice.id)
			inTheNextSecond(t)
			tell("participant_left", second)
			twice.ask("Zoë").waits()
		})
	}
}
