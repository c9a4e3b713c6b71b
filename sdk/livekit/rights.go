package livekit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"

	"foyer/sdk/lock"
)

const (
	// rightsTime bounds a change of rights, from the lock on.
	rightsTime = 2 * DefaultTimeout
	// rightsHold is when the lock of a replica that died is free again.
	rightsHold = rightsTime + 2*time.Second
)

// Rights changes what participants may do. LiveKit only replaces all rights at
// once, so that writers who do not share a lock undo each other's work.
type Rights struct {
	live LiveParticipants
	kv   lock.KV
}

// LiveParticipants are those in live rooms; *Client knows them.
type LiveParticipants interface {
	AskParticipant(ctx context.Context, room, identity string) (Participant, error)
	UpdateParticipant(ctx context.Context, room, identity string, u ParticipantUpdate) error
}

// NewRights makes one whose locks are kept in kv, which all replicas share.
func NewRights(live LiveParticipants, kv lock.KV) *Rights { return &Rights{live: live, kv: kv} }

// Change applies u, with the participant's rights as change makes them of those
// that they have. The rights come from the server that has the participant: the
// list may still show what the writer before has changed. Errors are those of
// the two calls.
func (r *Rights) Change(
	ctx context.Context, room, identity string, u ParticipantUpdate, change func(*lkproto.ParticipantPermission),
) error {
	release, err := lock.Acquire(ctx, r.kv, rightsKey(room, identity), rightsHold)
	if err != nil {
		return fmt.Errorf("change rights in room %s: %w", room, err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, rightsTime)
	defer cancel()
	p, err := r.live.AskParticipant(ctx, room, identity)
	if err != nil {
		return err
	}
	u.Permission = &lkproto.ParticipantPermission{}
	if p.Permission != nil {
		u.Permission = proto.CloneOf(p.Permission)
	}
	change(u.Permission)
	return r.live.UpdateParticipant(ctx, room, identity, u)
}

// rightsKey names the room and a hash: identities may be of any length.
func rightsKey(room, identity string) string {
	sum := sha256.Sum256([]byte(identity))
	return "rights:" + room + ":" + hex.EncodeToString(sum[:])
}
