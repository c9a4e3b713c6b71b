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
	// expelKind is the job that checks again whether somebody removed is back.
	expelKind = "expel"
	// expelDelay is how long a client with an old token takes to return, and so
	// the delay of the first check. Each further check comes after twice the
	// time.
	expelDelay = 5 * time.Second
)

// expelArgs are the arguments of an expelKind job.
type expelArgs struct {
	Room     uuid.UUID `json:"room"`
	Identity string    `json:"identity"`
	Looks    uint8     `json:"looks,omitempty"` // looks before this one
}

// expelJob returns the options of the job for a removal that lasts until then.
func expelJob(a expelArgs, until time.Time) module.JobOptions {
	sum := sha256.Sum256([]byte(a.Identity))
	return module.JobOptions{
		Unique: fmt.Sprintf("removed:%s:%s:%d:%d", a.Room, hex.EncodeToString(sum[:]), until.Unix(), a.Looks),
		Delay:  expelDelay << a.Looks,
	}
}

// Refuse keeps the identity, which is about to be removed, from getting tokens
// for the room and ends its admission, for the configured time from now: as long
// as its token lasts. Whoever comes back with that token is removed again: when
// the media server reports it and, should that be lost or the removal fail, by a
// job stored in the same transaction that keeps checking until the removal ends.
func (m *Meetings) Refuse(ctx context.Context, room uuid.UUID, identity string) error {
	if m.removedFor <= 0 {
		return m.Dismiss(ctx, room, identity)
	}
	now := m.now()
	until := now.Add(m.removedFor)
	if m.removedFor >= m.tokenTTL { // a token may be accepted for a moment longer
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

// Readmit ends a removal early, and reports whether there was one. The person may
// then ask to enter again, like anybody else.
func (m *Meetings) Readmit(ctx context.Context, room uuid.UUID, identity string) (bool, error) {
	return m.store.LiftRemoval(ctx, room, identity)
}

// Removal is one that is in force.
type Removal struct {
	Identity     string
	Name         string // the name they waited under, "" for those who did not
	Since, Until time.Time
}

// removalsShown is how many removals are listed at most.
const removalsShown = 100

// Removals returns those who are removed from a room now, latest first, at most
// removalsShown.
func (m *Meetings) Removals(ctx context.Context, room uuid.UUID) ([]Removal, error) {
	rows, err := m.store.Removals(ctx, room, m.now(), removalsShown)
	list := make([]Removal, len(rows))
	for i, t := range rows {
		list[i] = Removal{Identity: t.Identity, Name: t.Name, Since: t.Since, Until: t.EndsAt}
	}
	return list, err
}

// Refused returns which of the rooms refuse the identity now.
func (m *Meetings) Refused(ctx context.Context, identity string, rooms ...uuid.UUID) (map[uuid.UUID]bool, error) {
	if m.removedFor <= 0 || len(rooms) == 0 {
		return nil, nil
	}
	return m.store.RemovedFrom(ctx, identity, m.now(), rooms...)
}

// expelAgain is the job; another follows while the removal lasts.
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

// expel removes the participant while they are refused in the room, and returns
// until when that is; the zero time means that they are not refused. An error
// asks for another attempt.
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
