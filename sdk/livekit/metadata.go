package livekit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/lock"
)

// metadataHold frees the metadata lock of a replica that died: longer than the
// two calls under it and the wait for their result take.
const metadataHold = 3*DefaultTimeout + visibleTime

// visibleTime bounds the wait until LiveKit shows what was written. firstLook is
// the pause before the second look; it doubles from there.
const (
	visibleTime = 3 * time.Second
	firstLook   = 2 * time.Millisecond
)

// Metadata merges keys into the metadata of live rooms; it implements
// module.Metadata. LiveKit can only replace the whole text, so writers without a
// shared lock undo each other's work.
type Metadata struct {
	live LiveRooms
	kv   lock.KV
}

// LiveRooms gives access to the live rooms; *Client implements it.
type LiveRooms interface {
	ListRooms(ctx context.Context, names ...string) ([]Room, error)
	UpdateRoomMetadata(ctx context.Context, room string, metadata json.RawMessage) (Room, error)
}

// NewMetadata returns a Metadata whose lock is kept in kv, which all replicas
// share.
func NewMetadata(live LiveRooms, kv lock.KV) *Metadata { return &Metadata{live: live, kv: kv} }

// Merge drops keys, sets others, and reports whether the room is live. Metadata
// that is not an object is replaced. Values that are already there are not
// written again.
func (m *Metadata) Merge(ctx context.Context, room uuid.UUID, set map[string]json.RawMessage, drop ...string) (live bool, err error) {
	name := room.String()
	release, err := lock.Acquire(ctx, m.kv, "metadata:"+name, metadataHold)
	if err != nil {
		return false, fmt.Errorf("merge metadata of room %s: %w", name, err)
	}
	defer release()
	rooms, err := m.live.ListRooms(ctx, name)
	if err != nil || len(rooms) == 0 {
		return false, err
	}
	all := map[string]json.RawMessage{}
	readable := rooms[0].Metadata == "" || json.Unmarshal([]byte(rooms[0].Metadata), &all) == nil && all != nil
	if !readable {
		all = map[string]json.RawMessage{}
	}
	if changed := overlay(all, set, drop); !changed && readable {
		return true, nil
	}
	text, err := json.Marshal(all)
	if err != nil {
		return true, fmt.Errorf("merge metadata of room %s: %w", name, err)
	}
	_, err = m.live.UpdateRoomMetadata(ctx, name, text)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrNoHost) { // it has ended in the meantime, or its server has died
		return false, nil
	}
	if err == nil {
		m.awaitVisible(ctx, name, rooms[0].Metadata)
	}
	return true, err
}

// awaitVisible returns when the room shows metadata other than the old. LiveKit
// answers an update before it stores it where its list of rooms is read from, and
// the next holder of the lock would merge into outdated metadata. The update is
// done, so failures here change nothing.
func (m *Metadata) awaitVisible(ctx context.Context, name, old string) {
	ctx, cancel := context.WithTimeout(ctx, visibleTime)
	defer cancel()
	for wait := firstLook; ; wait *= 2 {
		rooms, err := m.live.ListRooms(ctx, name)
		if err != nil || len(rooms) == 0 || rooms[0].Metadata != old {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// overlay changes all and reports whether that changed anything.
func overlay(all, set map[string]json.RawMessage, drop []string) (changed bool) {
	for _, k := range drop {
		if _, there := all[k]; there {
			delete(all, k)
			changed = true
		}
	}
	for k, v := range set {
		if !sameJSON(all[k], v) {
			all[k] = v
			changed = true
		}
	}
	return changed
}

// sameJSON compares texts, ignoring white space.
func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}
