package meetings_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/jobs"
	"foyer/core/meetings"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// awaitHeard returns once the meetings have processed an event.
func awaitHeard(h *coretest.House, event string) {
	h.Helper()
	require.Eventually(h, func() bool {
		for _, j := range h.Deliveries(jobs.Done) {
			if j.Topic == meetings.Name && j.About == "event="+event {
				return true
			}
		}
		return false
	}, coretest.WaitLong, 4*coretest.WaitShort)
}

// newToldByHand is a meeting about which only the test tells the gateway, which does not
// look for itself.
func newToldByHand(t *testing.T, kept string, change ...coretest.Setting) *coretest.Meeting {
	t.Helper()
	server := livekitdev.StartT(t, livekitdev.Options{})
	watch := func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = time.Hour }
	h := coretest.Open(t, append(change, coretest.Lobbies[kept], coretest.Media(server), coretest.Patient, watch)...)
	return &coretest.Meeting{Staff: coretest.NewStaff(h), Server: server}
}

// tell posts an event with a time, and returns once the meetings have processed it.
func tell(m *coretest.Meeting, at time.Time, event string, p livekit.Participant) {
	m.Helper()
	id := event + p.SID + strconv.FormatInt(at.UnixNano(), 10)
	m.HookedBy(coretest.Object{
		"event": event, "id": id, "createdAt": strconv.FormatInt(at.Unix(), 10), "room": coretest.Object{"name": m.Room["id"]},
		"participant": coretest.Object{
			"identity": p.Identity, "sid": p.SID, "joinedAt": strconv.FormatInt(p.JoinedAt.Unix(), 10),
			"attributes": coretest.Object{"is_authenticated": "false"},
		},
	}).Is(200, coretest.Success)
	awaitHeard(m.Staff.House, id)
}

// come joins as a guest and returns the guest's participant at the media server.
func come(m *coretest.Meeting, k *coretest.Knocker, token string) (p livekit.Participant, leave func()) {
	m.Helper()
	room := m.Server.JoinT(m.T, token, nil)
	p, err := coretest.ClientOf(m.T, m.Server).GetParticipant(m.Context(), m.Room["id"].(string), k.ID)
	require.NoError(m, err)
	return p, room.Disconnect
}

// The events of somebody who came and left arrive in the wrong order, and those of the
// older of two connections last.
func TestGuest_who_has_left_waits_again_in_whatever_order_that_is_told(t *testing.T) {
	t.Parallel()
	for kept := range coretest.Lobbies {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			m := newToldByHand(t, kept, coretest.Graceless)
			m.Server.JoinT(t, m.Who["ada"].Get(coretest.LobbyRoom).Token(), nil)
			once, twice := &coretest.Knocker{Browser: m.Anonymous()}, &coretest.Knocker{Browser: m.Anonymous()}
			for _, k := range []*coretest.Knocker{once, twice} {
				k.Ask("Zoë").Waits()
				m.Decide(k.ID, true).Is(200, coretest.Decided)
			}
			p, leave := come(m, once, once.Ask("Zoë").Token())
			leave()
			absent(m, once.ID)
			coretest.InTheNextSecond(t)
			tell(m, time.Now(), "participant_left", p)
			tell(m, time.Now(), "participant_joined", p)
			once.Ask("Zoë").Waits()

			first, _ := come(m, twice, twice.Ask("Zoë").Token())
			second, leave := come(m, twice, twice.Ask("Zoë").Token())
			require.NotEqual(t, first.SID, second.SID)
			tell(m, time.Now(), "participant_joined", second)
			tell(m, time.Now(), "participant_joined", first)
			twice.Ask("Zoë").Admitted()
			leave()
			absent(m, twice.ID)
			coretest.InTheNextSecond(t)
			tell(m, time.Now(), "participant_left", second)
			twice.Ask("Zoë").Waits()
		})
	}
}

// The end of a meeting is reported when the next is under way, with somebody in it whom
// the earlier one had let in.
func TestGuests_of_a_meeting_whose_end_is_told_late_are_put_out_of_the_next_one(t *testing.T) {
	t.Parallel()
	for kept := range coretest.Lobbies {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			m := newToldByHand(t, kept)
			live, room := coretest.ClientOf(t, m.Server), m.Room["id"].(string)
			old := &coretest.Knocker{Browser: m.Anonymous()}
			old.Ask("Zoë").Waits()
			m.Decide(old.ID, true).Is(200, coretest.Decided)
			token := old.Ask("Zoë").Token()
			p, _ := come(m, old, token)
			tell(m, time.Now(), "participant_joined", p)
			coretest.InTheNextSecond(t)
			require.NoError(t, live.DeleteRoom(t.Context(), room))
			end := time.Now()
			coretest.InTheNextSecond(t)
			m.Server.JoinT(t, m.Who["ada"].Get(coretest.LobbyRoom).Token(), nil)
			p, _ = come(m, old, token)
			tell(m, time.Now(), "participant_joined", p)
			require.True(t, present(t, live, room, "ada", old.ID), "nothing is known of the end")
			tell(m, end, "room_finished", livekit.Participant{})
			absent(m, old.ID)
			require.True(t, present(t, live, room, "ada"))
			old.Ask("Zoë").Waits()
			m.Decide(old.ID, true).Is(200, coretest.Decided)
			p, _ = come(m, old, old.Ask("Zoë").Token())
			tell(m, time.Now(), "participant_joined", p)
			tell(m, end, "room_finished", livekit.Participant{}) // and again
			require.True(t, present(t, live, room, "ada", old.ID))
		})
	}
}
