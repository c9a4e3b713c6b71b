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

	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
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
	Room     uuid.UUID `json:"room"`
	Identity string    `json:"identity"`
	Looks    uint8     `json:"looks,omitempty"` // before this one
}

// expelJob is of a removal that lasts until then.
func expelJob(a expelArgs, until time.Time) module.JobOptions {
	sum := sha256.Sum256([]byte(a.Identity))
	return module.JobOptions{
		Unique: fmt.Sprintf("removed:%s:%s:%d:%d", a.Room, hex.EncodeToString(sum[:]), until.Unix(), a.Looks),
		Delay:  expelDelay << a.Looks,
	}
}

// Refuse keeps tokens for the room from an identity that is about to be
// removed, and ends its admission, for the configured time from now on: as long
// as the token that it has. Whoever comes back with that is removed again: when
// the media server tells of it, and, should that be lost or the removal fail, by
// a job that is stored along and looks again and again until then.
func (m *Meetings) Refuse(ctx context.Context, room uuid.UUID, identity string) error {
	if m.removedFor <= 0 {
		return m.Dismiss(ctx, room, identity)
	}
	now := m.now()
	until := now.Add(m.removedFor)
	if m.removedFor >= m.tokenTTL { // a token may be taken for valid for a moment longer
		until = until.Add(clockSlack)
	}
	err := m.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.Remove(ctx, store.Standing{RoomID: room, Identity: identity, Since: now, TouchedAt: now, EndsAt: until}); err != nil {
			return err
		}
		args := expelArgs{Room: room, Identity: identity}
		return m.jobs.EnqueueTx(ctx, tx, Name, expelKind, args, expelJob(args, until))
	})
	if err != nil {
		return fmt.Errorf("refuse a participant in room %s: %w", room, err)
	}
	return nil
}

// Readmit ends a removal before its time, and tells whether there was one.
// Whoever was removed may ask to enter again, like anybody else.
func (m *Meetings) Readmit(ctx context.Context, room uuid.UUID, identity string) (bool, error) {
	return m.store.LiftRemoval(ctx, room, identity)
}

// Removal is one that holds.
type Removal struct {
	Identity     string
	Name         string // under which they waited, "" for those who did not
	Since, Until time.Time
}

// removalsShown bounds a list of removals.
const removalsShown = 100

// Removals are those who are removed from a room now, the latest first: as many
// as may be shown.
func (m *Meetings) Removals(ctx context.Context, room uuid.UUID) ([]Removal, error) {
	rows, err := m.store.Removals(ctx, room, m.now(), removalsShown)
	list := make([]Removal, len(rows))
	for i, t := range rows {
		list[i] = Removal{Identity: t.Identity, Name: t.Name, Since: t.Since, Until: t.EndsAt}
	}
	return list, err
}

// Refused tells in which of the rooms the identity is refused now.
func (m *Meetings) Refused(ctx context.Context, identity string, rooms ...uuid.UUID) (map[uuid.UUID]bool, error) {
	if m.removedFor <= 0 || len(rooms) == 0 {
		return nil, nil
	}
	return m.store.RemovedFrom(ctx, identity, m.now(), rooms...)
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
func (m *Meetings) expel(ctx context.Context, room uuid.UUID, identity string) (until time.Time, err error) {
	t, err := m.store.StandingOf(ctx, room, identity, m.now())
	if errors.Is(err, store.ErrNotFound) || err == nil && t.State != store.Removed {
		return time.Time{}, nil
	}
	if err == nil {
		err = m.live.RemoveParticipant(ctx, room.String(), identity)
	}
	if err != nil && !errors.Is(err, livekit.ErrNotFound) {
		return time.Time{}, fmt.Errorf("remove a participant from room %s again: %w", room, err)
	}
	return t.EndsAt, nil
}
