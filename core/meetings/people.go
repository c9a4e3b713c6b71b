package meetings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"foyer/sdk/livekit"
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/module"
)

// presence is who was in a meeting at earlier looks.
type presence struct {
	SID string            `json:"sid"` // of the meeting
	At  int64             `json:"at"`  // when this was written, Unix seconds
	Who map[string]person `json:"who"` // by identity
}

// person is somebody who was in the meeting.
type person struct {
	SID string `json:"sid"` // of their connection
	// Last is when they were last seen, Unix seconds; 0 = they are there.
	Last int64 `json:"last,omitempty"`
	// Told: their leaving has been reported, although LiveKit still lists them.
	Told bool `json:"told,omitempty"`
}

// leaver is somebody who was missing at two looks in a row.
type leaver struct {
	room, roomSID string
	identity      string
	person
}

const (
	// batch is how many rows are read or written at once.
	batch = 500
	// leftEvent is the event reported for those whose own was lost.
	leftEvent = "participant_left"
)

func presenceKey(room string) string { return "here:" + room }

// lookAtPeople compares who is in the meetings with who was. Whoever is missing
// at two looks in a row has left; if no webhook reported that, the listeners are
// told. One look is not enough, since somebody reconnecting is away for a moment.
func (m *Meetings) lookAtPeople(
	ctx context.Context, rooms []livekit.Room, answers []answer, before map[string]sight, now time.Time,
) error {
	known, err := m.presences(ctx, rooms)
	if err != nil {
		return err
	}
	err = m.askPeople(ctx, rooms, answers, suspects(rooms, answers, known))
	changed := map[string][]byte{}
	var gone []leaver
	for i, r := range rooms {
		if answers[i].people == nil {
			continue
		}
		was := known[r.Name]
		is, left := was.next(answers[i], seenBy(before[r.Name], r, now))
		for _, l := range left {
			l.room, l.roomSID = r.Name, r.SID
			gone = append(gone, l)
		}
		if stale := now.Sub(time.Unix(was.At, 0)) > m.tokenTTL/2; len(is.Who)+len(was.Who) > 0 && (stale || !maps.Equal(is.Who, was.Who)) {
			is.SID, is.At = r.SID, now.Unix()
			text, failed := json.Marshal(is)
			err = errors.Join(err, failed)
			changed[presenceKey(r.Name)] = text
		}
	}
	if failed := m.tellLeft(ctx, gone); failed != nil {
		return errors.Join(err, failed) // what was known is kept for the next look
	}
	return errors.Join(err, m.putPresences(ctx, changed, now))
}

// seenBy is when those in the meeting at the previous look were seen.
func seenBy(before sight, r livekit.Room, now time.Time) int64 {
	if before.SID != r.SID || before.At == 0 {
		return now.Unix()
	}
	return before.At
}

// suspects are the people in meetings that list more people than LiveKit counts
// there: some of them exist only on the list. An outdated count suspects too
// many.
func suspects(rooms []livekit.Room, answers []answer, known map[string]presence) []suspect {
	var list []suspect
	for i, r := range rooms {
		var some []suspect
		for _, p := range answers[i].people {
			if was := known[r.Name].Who[p.Identity]; !was.Told || was.SID != p.SID {
				some = append(some, suspect{i, p.Identity})
			}
		}
		if len(some) > r.Participants {
			list = append(list, some...)
		}
	}
	return list
}

// next is who is there according to LiveKit's answer, and who has left. lastSeen
// is the time of the previous look, Unix seconds.
func (p presence) next(a answer, lastSeen int64) (presence, []leaver) {
	is := presence{Who: make(map[string]person, len(a.people))}
	listed := make(map[string]livekit.Participant, len(a.people))
	for _, here := range a.people {
		listed[here.Identity] = here
		if was := p.Who[here.Identity]; !a.ghosts[here.Identity] && !(was.Told && was.SID == here.SID) {
			is.Who[here.Identity] = person{SID: here.SID}
		}
	}
	for identity := range a.ghosts { // including those never seen alive
		if _, known := p.Who[identity]; !known {
			is.Who[identity] = person{SID: listed[identity].SID, Last: max(listed[identity].JoinedAt.Unix(), 1)}
		}
	}
	var left []leaver
	for identity, was := range p.Who {
		if _, there := is.Who[identity]; there {
			continue
		}
		onList := listed[identity].SID == was.SID
		switch {
		case was.Told && onList:
			is.Who[identity] = was
		case was.Told:
		case was.Last == 0:
			was.Last = lastSeen
			is.Who[identity] = was
		default:
			left = append(left, leaver{identity: identity, person: was})
			if was.Told = true; onList {
				is.Who[identity] = was
			}
		}
	}
	return is, left
}

// presences returns what is known about the rooms' meetings, by room.
func (m *Meetings) presences(ctx context.Context, rooms []livekit.Room) (map[string]presence, error) {
	known := make(map[string]presence, len(rooms))
	for part := range slices.Chunk(rooms, batch) {
		keys := make([]string, len(part))
		for i, r := range part {
			keys[i] = presenceKey(r.Name)
		}
		values, err := m.store.KVGetMany(ctx, space, m.now(), keys...)
		if err != nil {
			return nil, err
		}
		for i, r := range part {
			var p presence
			raw, there := values[keys[i]]
			if there && json.Unmarshal(raw, &p) == nil && p.SID == r.SID {
				known[r.Name] = p
			}
		}
	}
	return known, nil
}

func (m *Meetings) putPresences(ctx context.Context, changed map[string][]byte, now time.Time) error {
	expires := now.Add(m.tokenTTL + clockSlack)
	for keys := range slices.Chunk(slices.Collect(maps.Keys(changed)), batch) {
		part := make(map[string][]byte, len(keys))
		for _, key := range keys {
			part[key] = changed[key]
		}
		if err := m.store.KVPutMany(ctx, space, part, &expires); err != nil {
			return err
		}
	}
	return nil
}

// tellLeft tells the listeners about those whose leaving no webhook reported.
func (m *Meetings) tellLeft(ctx context.Context, gone []leaver) error {
	if len(gone) == 0 {
		return nil
	}
	first := slices.MinFunc(gone, func(a, b leaver) int { return int(a.Last - b.Last) })
	told, err := m.toldLeft(ctx, time.Unix(first.Last, 0))
	if err != nil {
		return err
	}
	for _, l := range gone {
		if !told[[2]string{l.room, l.identity}].After(time.Unix(l.Last, 0)) {
			err = errors.Join(err, m.tellOf(ctx, l))
		}
	}
	return err
}

// toldLeft returns when each person's leaving a room was last reported, since the
// given time.
func (m *Meetings) toldLeft(ctx context.Context, since time.Time) (map[[2]string]time.Time, error) {
	list, err := m.store.EventsSince(ctx, since, leftEvent, "participant_connection_aborted")
	if err != nil {
		return nil, err
	}
	told := make(map[[2]string]time.Time, len(list))
	for _, e := range list {
		event, err := livekit.ParseEvent(e.Body)
		if err != nil || !livekit.Left(event.GetParticipant().GetDisconnectReason()) {
			continue
		}
		who := [2]string{e.Room, event.GetParticipant().GetIdentity()}
		if e.ReceivedAt.After(told[who]) {
			told[who] = e.ReceivedAt
		}
	}
	return told, nil
}

// tellOf reports that somebody left, some time after they were last seen: what
// was decided about them since then stays.
func (m *Meetings) tellOf(ctx context.Context, l leaver) error {
	id, at := "unseen:"+l.SID, time.Unix(l.Last, 0).UTC()
	text, err := protojson.Marshal(&lkproto.WebhookEvent{
		Event: leftEvent, Id: id, CreatedAt: l.Last, Room: &lkproto.Room{Name: l.room, Sid: l.roomSID},
		Participant: &lkproto.ParticipantInfo{
			Sid: l.SID, Identity: l.identity, State: lkproto.ParticipantInfo_DISCONNECTED,
		},
	})
	if err != nil {
		return fmt.Errorf("write event %s: %w", id, err)
	}
	return m.events.Accept(ctx, module.Event{ID: id, Name: leftEvent, Room: l.room, At: at, Body: text})
}
