package ephemeral

import (
	"bytes"
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"sync"
	"time"
)

// MemoryQueues implements Queues in this process. It is safe for concurrent use.
type MemoryQueues struct {
	now    func() time.Time
	seed   maphash.Seed
	shards [shards]queueShard
}

// queueShard keeps calls about different queues from waiting for each other, and
// limits how long one of them sweeps.
type queueShard struct {
	mu     sync.Mutex
	queues map[string]*queue
	swept  time.Time
}

// NewQueues returns queues in memory. now is the clock, such as time.Now.
func NewQueues(now func() time.Time) *MemoryQueues {
	m := &MemoryQueues{now: now, seed: maphash.MakeSeed()}
	for i := range m.shards {
		m.shards[i].queues, m.shards[i].swept = map[string]*queue{}, now()
	}
	return m
}

// in calls f with the queue, creating it if make is set; without make it is nil
// if there is none.
func (m *MemoryQueues) in(name string, make bool, f func(q *queue, now time.Time)) {
	s, now := &m.shards[maphash.String(m.seed, name)%shards], m.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.swept) >= sweepEvery {
		s.sweep(now)
	}
	q := s.queues[name]
	if q == nil && make {
		q = newQueue()
		s.queues[name] = q
	}
	f(q, now)
}

// sweep drops what has expired, leaving a map of the remaining size.
func (s *queueShard) sweep(now time.Time) {
	left := map[string]*queue{}
	for name, q := range s.queues {
		q.forget(func(e *entry) bool { return !now.Before(e.end) })
		if len(q.waiting)+len(q.settled) > 0 {
			left[name] = q
		}
	}
	s.queues, s.swept = left, now
}

func (m *MemoryQueues) Join(_ context.Context, name string, who Entry, ttl time.Duration, l Limits) (e Entry, joined bool, err error) {
	key := who.Key
	m.in(name, true, func(q *queue, now time.Time) {
		x := q.live(key, now)
		switch {
		case x != nil && x.state == Waiting:
			q.waitUntil(x, now.Add(ttl))
		case x != nil:
		case q.full(l, who.Group, now):
			err = ErrFull
			return
		default:
			since := now
			if !who.Since.IsZero() && who.Since.Before(now) {
				since = who.Since
			}
			x = &entry{state: Waiting, since: since.Truncate(time.Millisecond), value: bytes.Clone(who.Value), group: who.Group}
			q.waiting[key], joined = x, true
			q.waitUntil(x, now.Add(ttl))
		}
		e = x.shown(key)
	})
	return e, joined, err
}

func (m *MemoryQueues) Settle(_ context.Context, name, key, state string, ttl time.Duration) (e Entry, err error) {
	err = ErrNotFound
	m.in(name, false, func(q *queue, now time.Time) {
		x := q.live(key, now)
		if x == nil {
			return
		}
		delete(q.waiting, key)
		q.settled[key] = x
		x.state, x.since, x.end = state, now.Truncate(time.Millisecond), now.Add(ttl)
		e, err = x.shown(key), nil
	})
	return e, err
}

func (m *MemoryQueues) Find(_ context.Context, name, key string) (e Entry, err error) {
	err = ErrNotFound
	m.in(name, false, func(q *queue, now time.Time) {
		if x := q.live(key, now); x != nil {
			e, err = x.shown(key), nil
		}
	})
	return e, err
}

func (m *MemoryQueues) Waiting(_ context.Context, name string, limit int) (list []Entry, err error) {
	m.in(name, false, func(q *queue, now time.Time) {
		if q != nil {
			list = shown(list, q.waiting, now)
			slices.SortFunc(list, byAge)
			list = inTurn(list, limit, func(key string) string { return q.waiting[key].group })
		}
	})
	return list, nil
}

func byAge(a, b Entry) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Key, b.Key)) }

// inTurn picks up to limit entries of a list sorted by age: the oldest of each
// group, then the second oldest, and so on.
func inTurn(list []Entry, limit int, group func(key string) string) []Entry {
	if len(list) <= limit {
		return list
	}
	turns, turn := map[string]int{}, make(map[string]int, len(list))
	for _, e := range list {
		g := group(e.Key)
		turns[g]++
		turn[e.Key] = turns[g]
	}
	slices.SortStableFunc(list, func(a, b Entry) int { return cmp.Compare(turn[a.Key], turn[b.Key]) })
	list = list[:max(limit, 0)]
	slices.SortFunc(list, byAge)
	return list
}

func (m *MemoryQueues) All(_ context.Context, name string) (list []Entry, err error) {
	m.in(name, false, func(q *queue, now time.Time) {
		if q != nil {
			list = shown(shown(list, q.waiting, now), q.settled, now)
		}
	})
	return list, nil
}

func (m *MemoryQueues) Remove(_ context.Context, name, key string) error {
	m.in(name, false, func(q *queue, _ time.Time) {
		if q != nil {
			delete(q.waiting, key)
			delete(q.settled, key)
		}
	})
	return nil
}

func (m *MemoryQueues) Clear(_ context.Context, name string, before time.Time) error {
	m.in(name, false, func(q *queue, _ time.Time) {
		if q != nil {
			q.forget(func(e *entry) bool { return e.sinceBefore(before) })
		}
	})
	return nil
}
