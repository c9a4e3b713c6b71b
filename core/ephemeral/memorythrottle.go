package ephemeral

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"foyer/core/config"
)

const (
	// shards keep callers of different keys from waiting for each other.
	shards = 16
	// generationLimit is the most keys in a generation of a shard: at most a
	// million keys per scope, some 40 MB, however many addresses attack.
	generationLimit = 1 << 15
)

// MemoryThrottle limits requests in this process by the generic cell rate
// algorithm: a burst of as many as the rate counts, then evenly spaced. It is
// safe for concurrent use.
type MemoryThrottle struct {
	scopes map[string]*scope
	now    func() time.Time
	start  time.Time
	seed   maphash.Seed
}

type scope struct {
	rate   config.Rate
	shards [shards]shard
}

// shard holds, by key, when the key's bucket will be empty, as time since the
// start. Keys are hashed: what clients send is not kept and may be of any length.
// (Two keys with the same hash, one pair in 2^64, share a bucket.)
//
// A bucket empties within one period, so keys not counted for a whole period can
// go: every period the older generation is dropped.
type shard struct {
	mu         sync.Mutex
	young, old map[uint64]time.Duration
	turned     time.Duration // when young was begun
}

// NewThrottle limits by these rates; scopes not among them are unlimited. now is
// the clock, such as time.Now.
func NewThrottle(rates map[string]config.Rate, now func() time.Time) *MemoryThrottle {
	t := &MemoryThrottle{scopes: map[string]*scope{}, now: now, start: now(), seed: maphash.MakeSeed()}
	for name, r := range rates {
		if r.Count > 0 && r.Period > 0 {
			t.scopes[name] = &scope{rate: r}
		}
	}
	return t
}

// Allow never fails.
func (t *MemoryThrottle) Allow(_ context.Context, scopeName, key string) (wait time.Duration, err error) {
	s := t.scopes[scopeName]
	if s == nil {
		return 0, nil
	}
	hash := maphash.String(t.seed, key)
	return s.shards[hash%shards].allow(hash, t.now().Sub(t.start), s.rate), nil
}

func (s *shard) allow(hash uint64, at time.Duration, r config.Rate) (wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(at, r.Period)
	last, known := s.young[hash]
	if !known {
		last = s.old[hash]
	}
	next := max(last, at) + r.Period/time.Duration(r.Count)
	if wait = next - at - r.Period; wait > 0 {
		return wait
	}
	if !known && len(s.young) >= generationLimit { // forgetting counts costs less than refusing everybody
		s.old, s.young, s.turned = s.young, nil, at
	}
	if s.young == nil {
		s.young = map[uint64]time.Duration{}
	}
	s.young[hash] = next
	return 0
}

// turn drops generations whose buckets are all empty.
func (s *shard) turn(at, period time.Duration) {
	switch since := at - s.turned; {
	case since >= 2*period:
		s.old, s.young, s.turned = nil, nil, at
	case since >= period:
		s.old, s.young, s.turned = s.young, nil, at
	}
}
