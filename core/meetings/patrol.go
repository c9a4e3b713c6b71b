package meetings

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/livekit"
)

// patrol judges those in the meetings that a look has found, in case an event was
// lost. Many rooms are looked up at once; only those with something to do are
// examined one by one.
func (m *Meetings) patrol(ctx context.Context, rooms []livekit.Room, answers []answer) error {
	var there []meeting
	for i, r := range rooms {
		if id, ok := body.ParseUUID(r.Name); ok && len(answers[i].people) > 0 {
			there = append(there, meeting{id, alive(answers[i])})
		}
	}
	var err error
	for part := range slices.Chunk(there, batch) {
		err = errors.Join(err, m.patrolSome(ctx, part))
	}
	return err
}

// meeting is a room and the people in its meeting.
type meeting struct {
	room   uuid.UUID
	people []livekit.Participant
}

// alive returns those in a meeting whom a server has.
func alive(a answer) []livekit.Participant {
	return slices.DeleteFunc(slices.Clone(a.people), func(p livekit.Participant) bool { return a.ghosts[p.Identity] })
}

func (m *Meetings) patrolSome(ctx context.Context, some []meeting) error {
	ids := make([]uuid.UUID, len(some))
	for i, x := range some {
		ids[i] = x.room
	}
	levels, err := m.store.AccessLevels(ctx, ids...)
	if err != nil {
		return err
	}
	rows, err := m.store.StandingsIn(ctx, ids...)
	if err != nil {
		return err
	}
	standings := map[uuid.UUID]map[string]store.Standing{}
	for _, t := range rows {
		if standings[t.RoomID] == nil {
			standings[t.RoomID] = map[string]store.Standing{}
		}
		standings[t.RoomID][t.Identity] = t
	}
	roles, err := m.store.RolesIn(ctx, ids...)
	if err != nil {
		return err
	}
	some = slices.DeleteFunc(slices.Clone(some), func(x meeting) bool {
		level, known := levels[x.room]
		b := &bench{room: x.room, level: level, standings: standings[x.room], roles: roles[x.room], now: m.now()}
		return known && !slices.ContainsFunc(m.people(x.people), func(p livekit.Participant) bool { return m.matters(b, p) })
	})
	return atOnce(len(some), func(i int) error { return m.judge(ctx, some[i].room, some[i].people) })
}
