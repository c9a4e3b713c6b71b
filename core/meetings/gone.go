package meetings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

const (
	// endKind is the job that ends the meeting of a deleted room.
	endKind = "end"
	// admitKind is the job that lets those stay who were in a room's meeting when
	// the room was closed.
	admitKind = "admit"
)

// roomArgs are the arguments of endKind and admitKind jobs.
type roomArgs struct {
	Room uuid.UUID `json:"room"`
}

func goneKey(room uuid.UUID) string { return "gone:" + room.String() }

func closedKey(room uuid.UUID) string { return "closed:" + room.String() }

// DeletedTx notes, in the transaction that deletes a room, that its meeting must
// end: at once, by a job that is retried until it succeeds, and whenever somebody
// comes back with an old token.
func (m *Meetings) DeletedTx(ctx context.Context, tx *store.Tx, room uuid.UUID) error {
	return m.noteTx(ctx, tx, room, goneKey(room), endKind)
}

// ClosedTx notes, in the transaction that makes a room's access level stricter,
// that those in its meeting now may stay.
func (m *Meetings) ClosedTx(ctx context.Context, tx *store.Tx, room uuid.UUID) error {
	return m.noteTx(ctx, tx, room, closedKey(room), admitKind)
}

// noteTx records when something happened to a room, for as long as tokens from
// before it can exist, and stores the job that follows.
func (m *Meetings) noteTx(ctx context.Context, tx *store.Tx, room uuid.UUID, key, kind string) error {
	now := m.now()
	until := now.Add(m.stay())
	err := tx.KVPut(ctx, space, key, writeTime(now), &until)
	if err == nil {
		err = m.jobs.EnqueueTx(ctx, tx, Name, kind, roomArgs{room}, module.JobOptions{})
	}
	if err != nil {
		return fmt.Errorf("note %s: %w", key, err)
	}
	return nil
}

// Gone reports whether a room was deleted so recently that tokens for it may
// still exist, or its meeting may still be going on: nobody gets another token.
func (m *Meetings) Gone(ctx context.Context, room uuid.UUID) (bool, error) {
	_, err := m.store.KVGet(ctx, space, goneKey(room), m.now())
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// judgePresent judges those who are in a room's meeting now; if the room was
// closed during it, they may stay.
func (m *Meetings) judgePresent(ctx context.Context, room uuid.UUID) error {
	there, err := m.live.ListParticipants(ctx, room.String())
	if errors.Is(err, livekit.ErrNoKey) || errors.Is(err, livekit.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return m.judge(ctx, room, there)
}

// end disconnects everybody in a room; an empty room is fine, and so is having no
// media server.
func (m *Meetings) end(ctx context.Context, room uuid.UUID) error {
	err := m.live.DeleteRoom(ctx, room.String())
	if err == nil || errors.Is(err, livekit.ErrNotFound) || errors.Is(err, livekit.ErrNoKey) {
		return nil
	}
	return fmt.Errorf("end the meeting of deleted room %s: %w", room, err)
}

// roomJob runs a job for one room.
func roomJob(raw []byte, do func(room uuid.UUID) error) error {
	var args roomArgs
	if err := json.Unmarshal(raw, &args); err != nil {
		return fmt.Errorf("read the arguments of a job: %w: %w", module.ErrGiveUp, err)
	}
	return do(args.Room)
}
