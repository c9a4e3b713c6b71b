package meetings

import (
	"context"
	"encoding/binary"
	"time"

	lkproto "github.com/livekit/protocol/livekit"

	"foyer/core/module/body"
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
