package lobby

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"foyer/core/ephemeral"
)

const (
	// notifyTime bounds notifying a meeting; a participant's first answer may
	// wait for it.
	notifyTime = 2 * time.Second
	// noticeEvery is the shortest interval between notices to a meeting, across
	// all replicas.
	noticeEvery = time.Second
	// noticeSpace is the namespace of which meetings were notified a moment ago.
	noticeSpace = "lobby-notice"
)

// notices tell those in a meeting that somebody waits (core-rest.md 7.1): at once
// if there was no notice a moment ago, otherwise a moment later for all who have
// come since. A crowd of strangers so costs no more than one.
type notices struct {
	live   LiveRooms
	values ephemeral.Values
	kind   string // of the data message
	log    *slog.Logger

	mu     sync.Mutex
	later  map[uuid.UUID]*time.Timer // rooms yet to be notified
	closed bool
}

func newNotices(live LiveRooms, values ephemeral.Values, kind string, log *slog.Logger) *notices {
	return &notices{live: live, values: values, kind: kind, log: log, later: map[uuid.UUID]*time.Timer{}}
}

// announce has a room's meeting notified. The participant waits in any case:
// errors are only logged.
func (n *notices) announce(ctx context.Context, room uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), notifyTime)
	defer cancel()
	if n.pending(room) {
		return
	}
	first, err := n.values.PutIfAbsent(ctx, noticeSpace, room.String(), nil, noticeEvery)
	if err != nil {
		n.log.WarnContext(ctx, "meeting told later that somebody waits", "room", room, "error", err)
	}
	if !first {
		n.postpone(ctx, room)
		return
	}
	if err := n.tell(ctx, room.String()); err != nil {
		n.log.WarnContext(ctx, "meeting not told that somebody waits", "room", room, "error", err)
	}
}

func (n *notices) pending(room uuid.UUID) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.later[room] != nil
}

// postpone announces again when the meeting may next be notified.
func (n *notices) postpone(ctx context.Context, room uuid.UUID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed || n.later[room] != nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	n.later[room] = time.AfterFunc(noticeEvery, func() {
		n.mu.Lock()
		delete(n.later, room)
		n.mu.Unlock()
		n.announce(ctx, room)
	})
}

func (n *notices) tell(ctx context.Context, room string) error {
	live, err := n.live.ListRooms(ctx, room)
	if err != nil || len(live) == 0 {
		return err
	}
	message, err := json.Marshal(map[string]string{"type": n.kind})
	if err != nil {
		return err
	}
	return n.live.SendData(ctx, room, message)
}

// close forgets the rooms that are yet to be notified.
func (n *notices) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	for _, timer := range n.later {
		timer.Stop()
	}
}
