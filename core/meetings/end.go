package meetings

import (
	"context"
	"encoding/binary"
	"errors"
	"strconv"
	"time"

	lkproto "github.com/livekit/protocol/livekit"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/module"
)

// clockSlack is how long after its expiry a token may still be taken for valid
// (core-rest.md 1.8).
const clockSlack = time.Minute

func endKey(room string) string { return "end:" + room }

// endOf is when the meeting of a room_finished event was over, by our clock:
// what the media server says, unless its clock is ahead. Then it is when the
// event came, which is never before the end.
func endOf(e *lkproto.WebhookEvent, received time.Time) time.Time {
	if said := e.GetCreatedAt(); said > 0 && said < received.Unix() {
		return time.Unix(said, 0)
	}
	return received
}

// finished notes the end of which a room_finished event tells: that of the
// meeting with its SID. Where another one is live by now, which the event may be
// late for or LiveKit's clock too far ahead to tell, the end was before that one
// began.
func (m *Meetings) finished(ctx context.Context, e module.Event, event *lkproto.WebhookEvent) error {
	sid, at := event.GetRoom().GetSid(), endOf(event, e.At)
	if err := m.noteTold(ctx, sid, e.At); err != nil {
		return err
	}
	next, err := m.nextBegan(ctx, e.Room, sid)
	switch {
	case err != nil: // then as early as it may have been; the rest when LiveKit says more
		at = earlier(at, at.Truncate(time.Second))
	case !next.IsZero():
		at = earlier(at, next)
	}
	return errors.Join(m.ended(ctx, e.Room, at), err)
}

// nextBegan is when, by our clock, the meeting of the room began that is live in
// place of the one with the SID; the zero value without such a one.
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

// beganKey is where it is when it was told that a meeting has begun: not before
// it did, whatever LiveKit's clock says.
func beganKey(sid string) string { return "began:" + sid }

// began notes when a room_started event came.
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

// ended remembers that a meeting of the room was over at the time, as long as
// there can be tokens from before. Ends may come in any order and repeatedly:
// the latest stays. Whom that meeting had let in has to be let in again. Rooms
// that nobody registered have no routes that take tokens.
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

// writeTime keeps whole seconds, as tokens do: one that was issued in the very
// second of an end counts as issued after it. Later times are greater byte by
// byte.
func writeTime(t time.Time) []byte { return binary.BigEndian.AppendUint64(nil, uint64(t.Unix())) }

// readTime reads what writeTime wrote; anything else is long ago.
func readTime(b []byte) time.Time {
	if len(b) != 8 {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b)), 0)
}
