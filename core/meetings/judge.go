package meetings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/livekit"
)

// judgedSince is where the time is stored before which nobody was judged: the
// migration wrote it, in seconds since 1970.
const judgedSince = "judged-since"

// bench is what the participants of one room are judged by.
type bench struct {
	room      uuid.UUID
	level     string
	standings map[string]store.Standing // including ended ones
	roles     map[string]store.Role     // of those for whom it matters
	now       time.Time
	// before: anyone there since before that may stay.
	before time.Time
}

// verdict is what happens to a participant.
type verdict int

const (
	stays    verdict = iota // by the room's rules
	admitted                // the meeting has let them in
	kept                    // they were there before they would have needed to be let in
	out
)

// judge puts those out of a meeting who may not be in it.
func (m *Meetings) judge(ctx context.Context, room uuid.UUID, there []livekit.Participant) error {
	people := m.people(there)
	if len(people) == 0 {
		return nil
	}
	b, err := m.bench(ctx, room, people)
	if errors.Is(err, store.ErrNotFound) {
		return m.endIfGone(ctx, room)
	}
	if err != nil {
		return fmt.Errorf("judge who is in room %s: %w", room, err)
	}
	for _, p := range people {
		err = errors.Join(err, m.execute(ctx, b, p, m.verdict(b, p)))
	}
	return err
}

// people are those bound by the rules of rooms: everybody with a client, but not
// the media server's own workers or telephones.
func (m *Meetings) people(there []livekit.Participant) []livekit.Participant {
	var people []livekit.Participant
	for _, p := range there {
		if p.Person && !p.Disconnected && p.Identity != "" {
			people = append(people, p)
		}
	}
	return people
}

// bench collects what people are judged by. It is read after they were seen, so
// that anyone let in before that is known. store.ErrNotFound if there is no such
// room.
func (m *Meetings) bench(ctx context.Context, room uuid.UUID, people []livekit.Participant) (*bench, error) {
	levels, err := m.store.AccessLevels(ctx, room)
	if err != nil {
		return nil, err
	}
	b := &bench{room: room, level: levels[room], now: m.now(), standings: map[string]store.Standing{}}
	if b.level == "" {
		return nil, store.ErrNotFound
	}
	names := make([]string, 0, len(people))
	for _, p := range people {
		if canHaveStanding(p.Identity) {
			names = append(names, p.Identity)
		}
	}
	list, err := m.store.StandingsOf(ctx, room, names...)
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		b.standings[t.Identity] = t
	}
	if !slices.ContainsFunc(people, func(p livekit.Participant) bool { return m.verdict(b, p) == out }) {
		return b, nil
	}
	roles, err := m.store.RolesIn(ctx, room)
	if err != nil {
		return nil, err
	}
	b.roles = roles[room]
	b.before, err = m.openUntil(ctx, room)
	return b, err
}

// matters reports whether there is anything to do about a participant.
func (m *Meetings) matters(b *bench, p livekit.Participant) bool {
	switch m.verdict(b, p) {
	case stays:
		return false
	case admitted:
		return !m.seated(b, p)
	}
	return true
}

// seated reports whether somebody admitted is known to be there, and for long
// enough.
func (m *Meetings) seated(b *bench, p livekit.Participant) bool {
	t := b.standings[p.Identity]
	return t.Seat == p.SID && t.EndsAt.Sub(b.now) > m.stay()/2
}

// verdict judges one participant by what is on the bench.
func (m *Meetings) verdict(b *bench, p livekit.Participant) verdict {
	t, role, joined := b.standings[p.Identity], b.roles[p.Identity], b.joined(p)
	switch guest, account := m.isGuest(p), p.Attributes[authenticated] == "true"; {
	case t.State == store.Removed && t.EndsAt.After(b.now):
		if role.Privileged() {
			return stays
		}
		return out
	case t.State == store.Admitted && joined.Before(t.EndsAt):
		return admitted
	case b.level == store.Public, !guest && !account: // whose token is not one of ours
		return stays
	case role != store.NoRole, !guest && b.level == store.Trusted:
		return stays
	case joined.Before(b.before) && !canHaveStanding(p.Identity):
		return stays
	case joined.Before(b.before):
		return kept
	}
	return out
}

// joined is when a participant came; now if the time is missing or in the future.
func (b *bench) joined(p livekit.Participant) time.Time {
	if s := p.JoinedAt.Unix(); s <= 0 || s > b.now.Unix() { // in seconds: extreme times wrap
		return b.now
	}
	return p.JoinedAt
}

// authenticated is the attribute that says whether a participant has an account
// (core-rest.md 6). Every token of ours has it.
const authenticated = "is_authenticated"

// isGuest reports whether a participant has no account.
func (m *Meetings) isGuest(p livekit.Participant) bool {
	return m.guests.GaveOut(p.Identity) || p.Attributes[authenticated] == "false"
}

// execute acts on a verdict.
func (m *Meetings) execute(ctx context.Context, b *bench, p livekit.Participant, v verdict) error {
	switch v {
	case stays:
		return nil
	case kept:
		a := Admission{Identity: p.Identity, Name: livekit.Plain(p.Name, livekit.MaxName), Color: livekit.Color(p.Identity)}
		if err := m.Admit(ctx, b.room, a); err != nil && !errors.Is(err, ErrRemoved) {
			return fmt.Errorf("keep a participant in room %s: %w", b.room, err)
		}
		fallthrough
	case admitted:
		if m.seated(b, p) {
			return nil
		}
		return m.store.TakeSeat(ctx, b.room, p.Identity, p.SID, b.joined(p), b.now, b.now.Add(m.stay()))
	}
	m.log.InfoContext(ctx, "participant put out of a meeting", "room", b.room, "guest", m.isGuest(p),
		"removed", b.standings[p.Identity].State == store.Removed)
	err := m.live.RemoveParticipant(ctx, b.room.String(), p.Identity)
	if err != nil && !errors.Is(err, livekit.ErrNotFound) {
		return fmt.Errorf("put a participant out of room %s: %w", b.room, err)
	}
	return nil
}

// openUntil is when the room was closed during a meeting, or when judging
// participants began, whichever is later.
func (m *Meetings) openUntil(ctx context.Context, room uuid.UUID) (time.Time, error) {
	values, err := m.store.KVGetMany(ctx, space, m.now(), closedKey(room), judgedSince)
	if err != nil {
		return time.Time{}, err
	}
	seconds, _ := strconv.ParseInt(string(values[judgedSince]), 10, 64)
	until := time.Unix(seconds, 0)
	// Whole seconds: anyone who came in the second of the closing was there.
	if closed := readTime(values[closedKey(room)]).Add(time.Second); closed.After(until) {
		until = closed
	}
	return until, nil
}

// endIfGone ends the meeting of a room that was deleted. About other meetings
// without a room nothing is known.
func (m *Meetings) endIfGone(ctx context.Context, room uuid.UUID) error {
	gone, err := m.Gone(ctx, room)
	if err != nil || !gone {
		return err
	}
	return m.end(ctx, room)
}
