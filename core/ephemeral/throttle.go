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
	// shardLimit bounds the keys of a shard. One takes about 40 bytes, so all
	// of them take 40 MB under an attack from a million addresses.
	shardLimit = 1 << 16
	// sweepFrom is the least number of keys that is worth a sweep.
	sweepFrom = 256
)

// Throttle limits requests in this process by the generic cell rate algorithm:
// as many at once as the rate counts, then evenly one after the other. It is
// safe for concurrent use.
type Throttle struct {
	rates  map[string]config.Rate
	now    func() time.Time
	start  time.Time
	seed   maphash.Seed
	shards [shards]shard
}

// shard holds, by key, when the key's bucket will be empty again, in time since
// start. Keys are hashes: what clients send is neither kept nor of any length.
// Two keys of one hash, one pair in 2^64, would share a bucket.
type shard struct {
	mu      sync.Mutex
	empty   map[uint64]time.Duration
	sweepAt int // number of keys
}

// NewThrottle limits by these rates; scopes that are not among them are free.
// now is the clock, such as time.Now.
func NewThrottle(rates map[string]config.Rate, now func() time.Time) *Throttle {
	t := &Throttle{rates: rates, now: now, start: now(), seed: maphash.MakeSeed()}
	for i := range t.shards {
		t.shards[i].empty = map[uint64]time.Duration{}
		t.shards[i].sweepAt = sweepFrom
	}
	return t
}

// Allow counts one request. wait > 0 refuses it, and tells when the next one
// will be accepted; refused requests do not count. It never fails.
func (t *Throttle) Allow(_ context.Context, scope, key string) (wait time.Duration, err error) {
	rate, limited := t.rates[scope]
	if !limited || rate.Count <= 0 {
		return 0, nil
	}
	at := t.now().Sub(t.start)
	hash := t.hash(scope, key)
	s := &t.shards[hash%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	last, known := s.empty[hash]
	next := max(last, at) + rate.Period/time.Duration(rate.Count)
	if wait = next - at - rate.Period; wait > 0 {
		return wait, nil
	}
	if !known {
		s.makeRoom(at)
	}
	s.empty[hash] = next
	return 0, nil
}

func (t *Throttle) hash(scope, key string) uint64 {
	var h maphash.Hash
	h.SetSeed(t.seed)
	_, _ = h.WriteString(scope) // never fails
	_ = h.WriteByte(0)
	_, _ = h.WriteString(key)
	return h.Sum64()
}

// makeRoom drops keys that are empty when their number has doubled since the
// last time, and any key when the shard is full all the same: forgetting one
// costs a client's count, refusing all would cost the service.
func (s *shard) makeRoom(at time.Duration) {
	if len(s.empty) >= s.sweepAt {
		for hash, empty := range s.empty {
			if empty <= at {
				delete(s.empty, hash)
			}
		}
		s.sweepAt = max(sweepFrom, min(2*len(s.empty), shardLimit))
	}
	if len(s.empty) < shardLimit {
		return
	}
	for hash := range s.empty {
		delete(s.empty, hash)
		return
	}
}

// size is the number of keys that are held.
func (t *Throttle) size() (n int) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		n += len(s.empty)
		s.mu.Unlock()
	}
	return n
}
