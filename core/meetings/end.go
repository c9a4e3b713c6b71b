package meetings

import (
	"context"
	"encoding/binary"
	"errors"
	"strconv"
	"time"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/module"
)

// clockSlack is how long after its expiry a token may still be accepted
// (core-rest.md 1.8).
const clockSlack = time.Minute

func endKey(room string) string { return "end:" + room }

// endOf is when the meeting of a room_finished event was over, by our clock: what
// the media server says, unless its clock is ahead. Then it is when the event
// arrived, which is never before the end.
func endOf(e *lkproto.WebhookEvent, received time.Time) time.Time {
	if said := e.GetCreatedAt(); said > 0 && said < received.Unix() {
		return time.Unix(said, 0)
	}
	return received
}

// finished notes the end that a room_finished event reports, of the meeting with
// its SID. If another one is live by now, because the event is late or LiveKit's
// clock too far ahead to tell, the end was before that one began.
func (m *Meetings) finished(ctx context.Context, e module.Event, event *lkproto.WebhookEvent) error {
	sid, at := event.GetRoom().GetSid(), endOf(event, e.At)
	if err := m.noteTold(ctx, sid, e.At); err != nil {
		return err
	}
	next, err := m.nextBegan(ctx, e.Room, sid)
	switch {
	case err != nil: // then take the earliest possible time; the rest when LiveKit says more
		at = earlier(at, at.Truncate(time.Second))
	case !next.IsZero():
		at = earlier(at, next)
	}
	return errors.Join(m.ended(ctx, e.Room, at), err)
}

// nextBegan is when, by our clock, the room's current meeting began if it has
// replaced the one with the SID; otherwise the zero time.
func (m *Meetings) nextBegan(ctx context.Context, room, sid string) (time.Time, error) {
	if _, registered := body.ParseUUID(room); !registered || sid == "" {
		return time.Time{}, nil
	}
	is, live, err := m.liveNow(ctx, room)
	if err != nil || !live || is.SID == sid {
		return time.Time{}, err
	}
	began := is.CreatedAt
	told, err := m.store.KVGet(ctx, space, beganKey(is.SID), m.now())
	if errors.Is(err, store.ErrNotFound) {
		return began, nil
	}
	if ms, bad := strconv.ParseInt(string(told), 10, 64); err == nil && bad == nil {
		began = earlier(began, time.UnixMilli(ms))
	}
	return began, err
}

// beganKey is where the time is stored at which a meeting's beginning was
// reported: never earlier than the beginning, whatever LiveKit's clock says.
func beganKey(sid string) string { return "began:" + sid }

// began notes when a room_started event arrived.
func (m *Meetings) began(ctx context.Context, event *lkproto.WebhookEvent, received time.Time) error {
	sid := event.GetRoom().GetSid()
	if sid == "" || !store.Holds(sid, store.MaxIdentity) {
		return nil
	}
	expires := received.Add(m.stay())
	value := strconv.AppendInt(nil, received.UnixMilli(), 10)
	_, err := m.store.KVPutIfAbsent(ctx, space, beganKey(sid), value, &expires, m.now())
	return err
}

// ended records that a meeting of the room was over at at, for as long as tokens
// from before it can exist. Ends may arrive in any order and repeatedly: the
// latest wins. Everyone whom that meeting had let in must be let in again.
// Unregistered rooms have no routes that take tokens.
func (m *Meetings) ended(ctx context.Context, room string, at time.Time) error {
	id, registered := body.ParseUUID(room)
	if !registered {
		return nil
	}
	expires := at.Add(m.tokenTTL + clockSlack)
	if err := m.store.KVRaise(ctx, space, endKey(room), writeTime(at), &expires, m.now()); err != nil {
		return err
	}
	return m.store.DropAdmissionsBefore(ctx, id, at)
}

// writeTime keeps whole seconds, as tokens do: a token issued in the very second
// of an end counts as issued after it. Later times compare greater byte by byte.
func writeTime(t time.Time) []byte { return binary.BigEndian.AppendUint64(nil, uint64(t.Unix())) }

// readTime reads what writeTime wrote; anything else is a time long ago.
func readTime(b []byte) time.Time {
	if len(b) != 8 {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b)), 0)
}
