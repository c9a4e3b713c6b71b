package rooms

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/reply"
)

// KV keeps small values that expire; *store.Store is one.
type KV interface {
	KVPut(ctx context.Context, ns, key string, value []byte, expires *time.Time) error
	KVTake(ctx context.Context, ns, key string, now time.Time) ([]byte, error)
}

// callbackSpace is the namespace of remembered callbacks.
const callbackSpace = "room-creation-callback"

// KVCallbacks remembers callbacks in a KV for a limited time.
type KVCallbacks struct {
	KV  KV
	TTL time.Duration // core-rest.md 5.3: 600 s
}

// Remember stores slug under the id.
func (k KVCallbacks) Remember(ctx context.Context, id, slug string) error {
	expires := time.Now().Add(k.TTL)
	return k.KV.KVPut(ctx, callbackSpace, callbackKey(id), []byte(slug), &expires)
}

// Take returns the slug stored under the id, once; "" if there is none.
func (k KVCallbacks) Take(ctx context.Context, id string) (string, error) {
	slug, err := k.KV.KVTake(ctx, callbackSpace, callbackKey(id), time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return string(slug), err
}

// callbackKey is a hash, since clients choose ids of any length and content.
// Surrounding space is ignored, as in any text field.
func callbackKey(id string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(id)))
	return hex.EncodeToString(sum[:])
}

// created is the answer; without a room it is an empty object.
type created struct {
	Status string `json:"status"`
	Room   struct {
		Slug string `json:"slug,omitempty"`
	} `json:"room"`
}

// tellCreated answers with the room that was created under a callback id.
func (s *Service) tellCreated(w http.ResponseWriter, r *http.Request) {
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	id, _ := o.String("callback_id", body.Required())
	if err := o.Err(); err != nil {
		reply.Fail(w, r, err)
		return
	}
	slug, err := s.callbacks.Take(r.Context(), id)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	answer := created{Status: "success"}
	answer.Room.Slug = slug
	reply.JSON(w, r, http.StatusOK, answer)
}
