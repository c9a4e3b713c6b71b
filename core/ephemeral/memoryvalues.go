package ephemeral

import (
	"bytes"
	"context"
	"sync"
	"time"
)

// sweepEvery is how often expired values that nobody asked for are dropped, by
// the next call.
const sweepEvery = time.Minute

// MemoryValues implements Values in this process. It is safe for concurrent use.
type MemoryValues struct {
	now func() time.Time

	mu    sync.Mutex
	items map[valueKey]item
	swept time.Time
}

type valueKey struct{ ns, key string }

type item struct {
	value []byte
	end   time.Time
}

// NewValues returns values in memory. now is the clock, such as time.Now.
func NewValues(now func() time.Time) *MemoryValues {
	return &MemoryValues{now: now, items: map[valueKey]item{}, swept: now()}
}

// live finds a value. The caller holds the lock.
func (v *MemoryValues) live(k valueKey, now time.Time) ([]byte, bool) {
	x, ok := v.items[k]
	if !ok || !now.Before(x.end) {
		return nil, false
	}
	return bytes.Clone(x.value), true
}

// set stores a value. The caller holds the lock.
func (v *MemoryValues) set(k valueKey, value []byte, ttl time.Duration, now time.Time) {
	if now.Sub(v.swept) >= sweepEvery {
		v.sweep(now)
	}
	if ttl <= 0 {
		delete(v.items, k)
		return
	}
	v.items[k] = item{bytes.Clone(value), now.Add(ttl)}
}

// sweep drops what has expired, leaving a map of the remaining size.
func (v *MemoryValues) sweep(now time.Time) {
	left := map[valueKey]item{}
	for k, x := range v.items {
		if now.Before(x.end) {
			left[k] = x
		}
	}
	v.items, v.swept = left, now
}

func (v *MemoryValues) Get(_ context.Context, ns, key string) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	value, ok := v.live(valueKey{ns, key}, v.now())
	if !ok {
		return nil, ErrNotFound
	}
	return value, nil
}

func (v *MemoryValues) Put(_ context.Context, ns, key string, value []byte, ttl time.Duration) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.set(valueKey{ns, key}, value, ttl, v.now())
	return nil
}

func (v *MemoryValues) PutIfAbsent(_ context.Context, ns, key string, value []byte, ttl time.Duration) (bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	k, now := valueKey{ns, key}, v.now()
	if _, taken := v.live(k, now); taken {
		return false, nil
	}
	v.set(k, value, ttl, now)
	return true, nil
}

func (v *MemoryValues) Take(_ context.Context, ns, key string) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	k := valueKey{ns, key}
	value, ok := v.live(k, v.now())
	delete(v.items, k)
	if !ok {
		return nil, ErrNotFound
	}
	return value, nil
}

func (v *MemoryValues) Delete(_ context.Context, ns, key string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.items, valueKey{ns, key})
	return nil
}
