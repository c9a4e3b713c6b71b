package core_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/meetings"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// awaitHeard returns once the meetings have processed an event.
func (h *House) awaitHeard(event string) {
	h.Helper()
	require.Eventually(h, func() bool {
		for _, j := range h.Deliveries(jobs.Done) {
			if j.Topic == meetings.Name && j.About == "event="+event {
				return true
			}
		}
		return false
	}, WaitLong, 4*WaitShort)
}

// newToldByHand is a meeting about which only the test tells the gateway, which does not
// look for itself.
func newToldByHand(t *testing.T, kept string, change ...Setting) *Meeting {
	t.Helper()
	server := livekitdev.StartT(t, livekitdev.Options{})
	watch := func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = time.Hour }
	h := Open(t, append(change, Lobbies[kept], Media(server), Patient, watch)...)
	return &Meeting{Staff: NewStaff(h), Server: server}
}

// tell posts an event with a time, and returns once the meetings have processed it.
func (m *Meeting) tell(at time.Time, event string, p livekit.Participant) {
	m.Helper()
	id := event + p.SID + strconv.FormatInt(at.UnixNano(), 10)
	m.HookedBy(Object{
		"event": event, "id": id, "createdAt": strconv.FormatInt(at.Unix(), 10), "room": Object{"name": m.Room["id"]},
		"participant": Object{
			"identity": p.Identity, "sid": p.SID, "joinedAt": strconv.FormatInt(p.JoinedAt.Unix(), 10),
			"attributes": Object{"is_authenticated": "false"},
		},
	}).Is(200, Success)
	m.awaitHeard(id)
}

// come joins as a guest and returns the guest's participant at the media server.
func (m *Meeting) come(k *Knocker, token string) (p livekit.Participant, leave func()) {
	m.Helper()
	room := m.Server.JoinT(m.T, token, nil)
	p, err := ClientOf(m.T, m.Server).GetParticipant(m.Context(), m.Room["id"].(string), k.ID)
	require.NoError(m, err)
	return p, room.Disconnect
}

// The events of somebody who came and left arrive in the wrong order, and those of the
// older of two connections last.
func TestGuest_who_has_left_waits_again_in_whatever_order_that_is_told(t *testing.T) {
	for kept := range Lobbies {
		t.Run(kept, func(t *testing.T) {
			m := newToldByHand(t, kept, Graceless)
			m.Server.JoinT(t, m.Who["ada"].Get(LobbyRoom).Token(), nil)
			once, twice := &Knocker{Browser: m.Anonymous()}, &Knocker{Browser: m.Anonymous()}
			for _, k := range []*Knocker{once, twice} {
				k.Ask("Zoë").Waits()
				m.Decide(k.ID, true).Is(200, Decided)
			}
			p, leave := m.come(once, once.Ask("Zoë").Token())
			leave()
			m.absent(once.ID)
			InTheNextSecond(t)
			m.tell(time.Now(), "participant_left", p)
			m.tell(time.Now(), "participant_joined", p)
			once.Ask("Zoë").Waits()

			first, _ := m.come(twice, twice.Ask("Zoë").Token())
			second, leave := m.come(twice, twice.Ask("Zoë").Token())
			require.NotEqual(t, first.SID, second.SID)
			m.tell(time.Now(), "participant_joined", second)
			m.tell(time.Now(), "participant_joined", first)
			twice.Ask("Zoë").Admitted()
			leave()
			m.absent(twice.ID)
			InTheNextSecond(t)
			m.tell(time.Now(), "participant_left", second)
			twice.Ask("Zoë").Waits()
		})
	}
}

// The end of a meeting is reported when the next is under way, with somebody in it whom
// the earlier one had let in.
func TestGuests_of_a_meeting_whose_end_is_told_late_are_put_out_of_the_next_one(t *testing.T) {
	for kept := range Lobbies {
		t.Run(kept, func(t *testing.T) {
			m := newToldByHand(t, kept)
			live, room := ClientOf(t, m.Server), m.Room["id"].(string)
			old := &Knocker{Browser: m.Anonymous()}
			old.Ask("Zoë").Waits()
			m.Decide(old.ID, true).Is(200, Decided)
			token := old.Ask("Zoë").Token()
			p, _ := m.come(old, token)
			m.tell(time.Now(), "participant_joined", p)
			InTheNextSecond(t)
			require.NoError(t, live.DeleteRoom(t.Context(), room))
			end := time.Now()
			InTheNextSecond(t)
			m.Server.JoinT(t, m.Who["ada"].Get(LobbyRoom).Token(), nil)
			p, _ = m.come(old, token)
			m.tell(time.Now(), "participant_joined", p)
			require.True(t, present(t, live, room, "ada", old.ID), "nothing is known of the end")
			m.tell(end, "room_finished", livekit.Participant{})
			m.absent(old.ID)
			require.True(t, present(t, live, room, "ada"))
			old.Ask("Zoë").Waits()
			m.Decide(old.ID, true).Is(200, Decided)
			p, _ = m.come(old, old.Ask("Zoë").Token())
			m.tell(time.Now(), "participant_joined", p)
			m.tell(end, "room_finished", livekit.Participant{}) // and again
			require.True(t, present(t, live, room, "ada", old.ID))
		})
	}
}
