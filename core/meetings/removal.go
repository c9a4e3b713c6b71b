package meetings

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/livekit"
	"foyer/core/module"
	"foyer/core/store"
)

const (
	// expelKind is the job that looks again whether the removed one is back.
	expelKind = "expel"
	// expelDelay is how long a client with an old token takes to be back: when
	// the first look is. Each further one comes after twice the time.
	expelDelay = 5 * time.Second
)

// expelArgs are the arguments of an expelKind job.
type expelArgs struct {
	Room     string `json:"room"`
	Identity string `json:"identity"`
	Looks    uint8  `json:"looks,omitempty"` // before this one
}

// expelJob is of a removal that lasts until then.
func expelJob(a expelArgs, until time.Time) module.JobOptions {
	return module.JobOptions{
		Unique: fmt.Sprintf("%s:%d:%d", removalKey(a.Room, a.Identity), until.Unix(), a.Looks),
		Delay:  expelDelay << a.Looks,
	}
}

// removalKey names the room and a hash: identities may be of any length.
func removalKey(room, identity string) string {
	sum := sha256.Sum256([]byte(identity))
	return "removed:" + room + ":" + hex.EncodeToString(sum[:])
}

// Refuse keeps tokens for the room from an identity that is about to be
// removed, for the configured time from now on. Whoever comes back with an old
// one is removed again: when the media server tells of it, and, should that be
// lost or the removal fail, by a job that is stored along and looks again and
// again until then.
func (m *Meetings) Refuse(ctx context.Context, room uuid.UUID, identity string) error {
	if m.removedFor <= 0 {
		return nil
	}
	now := m.now()
	until, name := now.Add(m.removedFor), room.String()
	key := removalKey(name, identity)
	err := m.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.KVRaise(ctx, space, key, writeTime(until), &until, now); err != nil {
			return err
		}
		args := expelArgs{Room: name, Identity: identity}
		return m.jobs.EnqueueTx(ctx, tx, Name, expelKind, args, expelJob(args, until))
	})
	if err != nil {
		return fmt.Errorf("refuse a participant in room %s: %w", name, err)
	}
	return nil
}

// Refused tells in which of the rooms the identity is refused now.
func (m *Meetings) Refused(ctx context.Context, identity string, rooms ...uuid.UUID) (map[uuid.UUID]bool, error) {
	if m.removedFor <= 0 || len(rooms) == 0 {
		return nil, nil
	}
	keys := make([]string, len(rooms))
	for i, room := range rooms {
		keys[i] = removalKey(room.String(), identity)
	}
	values, err := m.store.KVGetMany(ctx, space, m.now(), keys...)
	if err != nil {
		return nil, fmt.Errorf("look for removals: %w", err)
	}
	refused := make(map[uuid.UUID]bool, len(values))
	for i, room := range rooms {
		if _, ok := values[keys[i]]; ok {
			refused[room] = true
		}
	}
	return refused, nil
}

// expelAgain is the job; the next one follows while the removal lasts.
func (m *Meetings) expelAgain(ctx context.Context, raw []byte) error {
	var args expelArgs
	if err := json.Unmarshal(raw, &args); err != nil {
		return fmt.Errorf("read job %s: %w: %w", expelKind, module.ErrGiveUp, err)
	}
	until, err := m.expel(ctx, args.Room, args.Identity)
	args.Looks++
	if next := expelJob(args, until); err == nil && m.now().Add(next.Delay).Before(until) {
		err = m.jobs.Enqueue(ctx, Name, expelKind, args, next)
	}
	return err
}

// expel removes the participant while they are refused in the room, and tells
// until when that is; the zero value is not at all. An error asks for another
// try.
func (m *Meetings) expel(ctx context.Context, room, identity string) (until time.Time, err error) {
	value, err := m.store.KVGet(ctx, space, removalKey(room, identity), m.now())
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	if err == nil {
		err = m.live.RemoveParticipant(ctx, room, identity)
	}
	if err != nil && !errors.Is(err, livekit.ErrNotFound) {
		return time.Time{}, fmt.Errorf("remove a participant from room %s again: %w", room, err)
	}
	return readTime(value), nil
}
