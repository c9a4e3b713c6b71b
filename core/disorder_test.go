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

// newToldByHand is a meeting about which only the test tells the gateway, which does not
// look for itself.
func newToldByHand(t *testing.T, kept string, change ...setting) *meeting {
	t.Helper()
	server := livekitdev.StartT(t, livekitdev.Options{})
	watch := func(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = time.Hour }
	h := open(t, append(change, lobbies[kept], media(server), patient, watch)...)
	return &meeting{staff: newStaff(h), server: server}
}

// tell posts an event with a time, and returns once the meetings have processed it.
func (m *meeting) tell(at time.Time, event string, p livekit.Participant) {
	m.Helper()
	id := event + p.SID + strconv.FormatInt(at.UnixNano(), 10)
	m.hookedBy(object{
		"event": event, "id": id, "createdAt": strconv.FormatInt(at.Unix(), 10), "room": object{"name": m.room["id"]},
		"participant": object{
			"identity": p.Identity, "sid": p.SID, "joinedAt": strconv.FormatInt(p.JoinedAt.Unix(), 10),
			"attributes": object{"is_authenticated": "false"},
		},
	}).is(200, success)
	m.awaitHeard(id)
}

// come joins as a guest and returns the guest's participant at the media server.
func (m *meeting) come(k *knocker, token string) (p livekit.Participant, leave func()) {
	m.Helper()
	room := m.server.JoinT(m.T, token, nil)
	p, err := clientOf(m.T, m.server).GetParticipant(m.Context(), m.room["id"].(string), k.id)
	require.NoError(m, err)
	return p, room.Disconnect
}

// The events of somebody who came and left arrive in the wrong order, and those of the
// older of two connections last.
func TestGuest_who_has_left_waits_again_in_whatever_order_that_is_told(t *testing.T) {
	for kept := range lobbies {
		t.Run(kept, func(t *testing.T) {
			m := newToldByHand(t, kept, graceless)
			m.server.JoinT(t, m.who["ada"].get(lobbyRoom).token(), nil)
			once, twice := &knocker{browser: m.anonymous()}, &knocker{browser: m.anonymous()}
			for _, k := range []*knocker{once, twice} {
				k.ask("Zoë").waits()
				m.decide(k.id, true).is(200, decided)
			}
			p, leave := m.come(once, once.ask("Zoë").token())
			leave()
			m.absent(once.id)
			inTheNextSecond(t)
			m.tell(time.Now(), "participant_left", p)
			m.tell(time.Now(), "participant_joined", p)
			once.ask("Zoë").waits()

			first, _ := m.come(twice, twice.ask("Zoë").token())
			second, leave := m.come(twice, twice.ask("Zoë").token())
			require.NotEqual(t, first.SID, second.SID)
			m.tell(time.Now(), "participant_joined", second)
			m.tell(time.Now(), "participant_joined", first)
			twice.ask("Zoë").admitted()
			leave()
			m.absent(twice.id)
			inTheNextSecond(t)
			m.tell(time.Now(), "participant_left", second)
			twice.ask("Zoë").waits()
		})
	}
}

// The end of a meeting is reported when the next is under way, with somebody in it whom
// the earlier one had let in.
func TestGuests_of_a_meeting_whose_end_is_told_late_are_put_out_of_the_next_one(t *testing.T) {
	for kept := range lobbies {
		t.Run(kept, func(t *testing.T) {
			m := newToldByHand(t, kept)
			live, room := clientOf(t, m.server), m.room["id"].(string)
			old := &knocker{browser: m.anonymous()}
			old.ask("Zoë").waits()
			m.decide(old.id, true).is(200, decided)
			token := old.ask("Zoë").token()
			p, _ := m.come(old, token)
			m.tell(time.Now(), "participant_joined", p)
			inTheNextSecond(t)
			require.NoError(t, live.DeleteRoom(t.Context(), room))
			end := time.Now()
			inTheNextSecond(t)
			m.server.JoinT(t, m.who["ada"].get(lobbyRoom).token(), nil)
			p, _ = m.come(old, token)
			m.tell(time.Now(), "participant_joined", p)
			require.True(t, present(t, live, room, "ada", old.id), "nothing is known of the end")
			m.tell(end, "room_finished", livekit.Participant{})
			m.absent(old.id)
			require.True(t, present(t, live, room, "ada"))
			old.ask("Zoë").waits()
			m.decide(old.id, true).is(200, decided)
			p, _ = m.come(old, old.ask("Zoë").token())
			m.tell(time.Now(), "participant_joined", p)
			m.tell(end, "room_finished", livekit.Participant{}) // and again
			require.True(t, present(t, live, room, "ada", old.id))
		})
	}
}
