package lock

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// KV is what all replicas share; module.KV is one.
type KV interface {
	PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error)
	DeleteIf(ctx context.Context, key string, value []byte) (bool, error)
}

// retry is how often a waiting caller looks whether the lock is free.
const retry = 50 * time.Millisecond

// releaseTime bounds giving the lock back; one that stays ends by itself.
const releaseTime = 5 * time.Second

// Acquire waits for the lock until ctx ends, and gives what releases it. A
// holder that died loses it after hold, which has to be longer than the work
// under the lock may take.
func Acquire(ctx context.Context, kv KV, key string, hold time.Duration) (release func(), err error) {
	owner := []byte(rand.Text()) // tells our lock from one that was taken after ours ran out
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
