package lock

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// KV keeps values that all replicas share; module.KV implements it.
type KV interface {
	PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error)
	DeleteIf(ctx context.Context, key string, value []byte) (bool, error)
}

// retry is the pause between two attempts of a waiting caller.
const retry = 50 * time.Millisecond

// releaseTime bounds the release of the lock; if it fails the lock ends by
// itself.
const releaseTime = 5 * time.Second

// Acquire waits for the lock until ctx ends, and returns what releases it. A
// holder that died loses it after hold, which must be longer than the work under
// the lock can take.
func Acquire(ctx context.Context, kv KV, key string, hold time.Duration) (release func(), err error) {
	owner := []byte(rand.Text()) // distinguishes our lock from one taken after ours expired
	for {
		ours, err := kv.PutIfAbsent(ctx, key, owner, hold)
		if err != nil {
			return nil, fmt.Errorf("lock %s: %w", key, err)
		}
		if ours {
			break
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("lock %s: %w", key, ctx.Err())
		case <-time.After(retry):
		}
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
		defer cancel()
		_, _ = kv.DeleteIf(ctx, key, owner)
	}, nil
}
