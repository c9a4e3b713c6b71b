package meetings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/livekit"
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/module"
)

// overKey is where the time is stored at which a meeting was reported over.
func overKey(sid string) string { return "over:" + sid }

// noteTold records that the end of a meeting was reported at at.
func (m *Meetings) noteTold(ctx context.Context, sid string, at time.Time) error {
	if sid == "" || !store.Holds(sid, store.MaxIdentity) {
		return nil
	}
	expires := at.Add(m.tokenTTL + clockSlack)
	return m.store.KVRaise(ctx, space, overKey(sid), writeTime(at), &expires, m.now())
}

// toldOf reports whether the end of a meeting that was seen has been reported.
func (m *Meetings) toldOf(ctx context.Context, room string, was sight) (bool, error) {
	values, err := m.store.KVGetMany(ctx, space, m.now(), endKey(room), overKey(was.SID))
	for _, at := range values {
		if !readTime(at).Before(time.Unix(was.At, 0)) {
			return true, err
		}
	}
	return false, err
}

// metKey is where the meeting is stored that somebody was last let in to, since a
// look may never see it.
func metKey(room string) string { return "met:" + room }

// meetTime bounds finding out which meeting somebody is let in to.
const meetTime = 2 * time.Second

// noteMet records which meeting of the room is going on, if any. If it differs
// from the one recorded before, that one is over.
func (m *Meetings) noteMet(ctx context.Context, room string) error {
	ctx, cancel := context.WithTimeout(ctx, meetTime)
	defer cancel()
	is, live, err := m.liveNow(ctx, room)
	if err != nil || !live {
		return err
	}
	now := m.now()
	if err := m.replacedAll(ctx, []livekit.Room{is}, nil, now); err != nil {
		return err
	}
	raw, err := json.Marshal(sight{SID: is.SID, At: now.Unix()})
	if err != nil {
		return fmt.Errorf("write a meeting that is live: %w", err)
	}
	expires := now.Add(m.admittedFor + m.stay())
	return m.store.KVPut(ctx, space, metKey(room), raw, &expires)
}

// liveNow returns the room's meeting, if one is going on.
func (m *Meetings) liveNow(ctx context.Context, room string) (livekit.Room, bool, error) {
	list, err := m.live.ListRooms(ctx, room)
	if errors.Is(err, livekit.ErrNoKey) {
		return livekit.Room{}, false, nil
	}
	for _, r := range list {
		if r.Name == room {
			return r, true, err
		}
	}
	return livekit.Room{}, false, err
}

// met returns, by room, the meetings that somebody was last let in to.
func (m *Meetings) met(ctx context.Context, rooms []livekit.Room) (map[string]sight, error) {
	known := map[string]sight{}
	for part := range slices.Chunk(rooms, batch) {
		keys := make([]string, len(part))
		for i, r := range part {
			keys[i] = metKey(r.Name)
		}
		values, err := m.store.KVGetMany(ctx, space, m.now(), keys...)
		if err != nil {
			return nil, err
		}
		for i, r := range part {
			var s sight
			if raw, there := values[keys[i]]; there && json.Unmarshal(raw, &s) == nil {
				known[r.Name] = s
			}
		}
	}
	return known, nil
}

// dropUnseen ends the admissions to a meeting whose end nobody reported: all that
// are older than before, which the end preceded. Some may have been meant for the
// next meeting; those people wait again. If the admissions were kept, people let
// in by one meeting could enter the other.
func (m *Meetings) dropUnseen(ctx context.Context, room string, before time.Time) error {
	id, registered := body.ParseUUID(room)
	if !registered {
		return nil
	}
	return m.store.DropAdmissionsBefore(ctx, id, before)
}

// replacedAll notes the ends of meetings that others have replaced: those seen at
// the previous look, and those that somebody was let in to.
func (m *Meetings) replacedAll(ctx context.Context, rooms []livekit.Room, before map[string]sight, listed time.Time) error {
	met, err := m.met(ctx, rooms)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		began := earlier(r.CreatedAt, listed)
		if was := before[r.Name]; was.SID != "" && was.SID != r.SID {
			err = errors.Join(err, m.replaced(ctx, r.Name, was, began))
		}
		if was := met[r.Name]; was.SID != "" && was.SID != r.SID {
			failed := m.replaced(ctx, r.Name, was, began)
			if failed == nil {
				failed = m.store.KVDelete(ctx, space, metKey(r.Name))
			}
			err = errors.Join(err, failed)
		}
	}
	return err
}

// replaced notes the end of a meeting that was replaced by another one, which
// began at began. Listeners are not told, since they must not clean up under the
// live one.
func (m *Meetings) replaced(ctx context.Context, room string, was sight, began time.Time) error {
	told, err := m.toldOf(ctx, room, was)
	if err != nil || told {
		return err
	}
	if err := m.dropUnseen(ctx, room, began); err != nil {
		return err
	}
	return m.ended(ctx, room, time.Unix(was.At, 0))
}

// tell reports to the listeners the end of a meeting that was over when LiveKit
// was asked, as the lost webhook would have, unless it was not lost.
func (m *Meetings) tell(ctx context.Context, room string, was sight, asked time.Time) error {
	told, err := m.toldOf(ctx, room, was)
	if err != nil || told {
		return err
	}
	if err := m.dropUnseen(ctx, room, asked); err != nil {
		return err
	}
	const name = "room_finished"
	id := "unseen:" + was.SID
	text, err := protojson.Marshal(&lkproto.WebhookEvent{
		Event: name, Id: id, CreatedAt: was.At, Room: &lkproto.Room{Name: room, Sid: was.SID},
	})
	if err != nil {
		return fmt.Errorf("write event %s: %w", id, err)
	}
	return m.events.Accept(ctx, module.Event{ID: id, Name: name, Room: room, At: m.now().UTC(), Body: text})
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
