package livekit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/lock"
)

const (
	// rightsTime bounds a change of rights, from taking the lock.
	rightsTime = 2 * DefaultTimeout
	// rightsHold frees the lock of a replica that died.
	rightsHold = rightsTime + 2*time.Second
)

// Rights changes what participants may do. LiveKit can only replace all rights at
// once, so writers without a shared lock undo each other's work.
type Rights struct {
	live LiveParticipants
	kv   lock.KV
}

// LiveParticipants gives access to participants in live rooms; *Client implements
// it.
type LiveParticipants interface {
	AskParticipant(ctx context.Context, room, identity string) (Participant, error)
	UpdateParticipant(ctx context.Context, room, identity string, u ParticipantUpdate) error
}

// NewRights returns a Rights whose locks are kept in kv, which all replicas
// share.
func NewRights(live LiveParticipants, kv lock.KV) *Rights { return &Rights{live: live, kv: kv} }

// Change applies u, with the rights that change makes of the participant's
// present ones. These come from the server that has the participant, because the
// list may not show the previous writer's change yet. Errors are those of the two
// calls.
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
