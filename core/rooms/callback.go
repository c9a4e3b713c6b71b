package rooms

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// KV keeps small values that expire; *store.Store is one.
type KV interface {
	KVPut(ctx context.Context, ns, key string, value []byte, expires *time.Time) error
}

// callbackSpace is the namespace of remembered callbacks.
const callbackSpace = "room-creation-callback"

// KVCallbacks remembers callbacks in a KV for a while.
type KVCallbacks struct {
	KV  KV
	TTL time.Duration // core-rest.md 5.3: 600 s
}

// Remember keeps slug under the id. Ids are chosen by clients, of any length
// and content, so their hash is the key.
func (k KVCallbacks) Remember(ctx context.Context, id, slug string) error {
	sum := sha256.Sum256([]byte(id))
	expires := time.Now().Add(k.TTL)
	return k.KV.KVPut(ctx, callbackSpace, hex.EncodeToString(sum[:]), []byte(slug), &expires)
}
