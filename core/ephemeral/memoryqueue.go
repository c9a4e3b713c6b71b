package ephemeral

import (
	"bytes"
	"maps"
	"time"
)

// queue is one queue in memory. Expired entries are dropped when somebody comes
// to a full queue, and by the periodic sweep.
type queue struct {
	waiting, settled map[string]*entry
	// nextEnd is not after the first expiry among those who wait: until then a
	// full queue stays full.
	nextEnd time.Time
}

type entry struct {
	state      string
	since, end time.Time
	value      []byte
	group      string
}

func newQueue() *queue {
	return &queue{waiting: map[string]*entry{}, settled: map[string]*entry{}}
}

// live finds an entry that has not expired, else nil; q may be nil.
func (q *queue) live(key string, now time.Time) *entry {
	if q == nil {
		return nil
	}
	for _, m := range []map[string]*entry{q.waiting, q.settled} {
		if e := m[key]; e != nil {
			if now.Before(e.end) {
				return e
			}
			delete(m, key)
		}
	}
	return nil
}

func (q *queue) waitUntil(e *entry, end time.Time) {
	e.end = end
	if len(q.waiting) == 1 || end.Before(q.nextEnd) {
		q.nextEnd = end
	}
}

// full reports whether the queue, or the group's share of it, has reached its
// limit.
func (q *queue) full(l Limits, group string, now time.Time) bool {
	return q.fullOf(l.All, now) || l.Group > 0 && q.ofGroup(group, now) >= l.Group
}

// ofGroup returns how many of a group wait.
func (q *queue) ofGroup(group string, now time.Time) (n int) {
	for _, e := range q.waiting {
		if e.group == group && now.Before(e.end) {
			n++
		}
	}
	return n
}

// fullOf reports whether limit entries wait.
func (q *queue) fullOf(limit int, now time.Time) bool {
	if len(q.waiting) < limit || now.Before(q.nextEnd) {
		return len(q.waiting) >= limit
	}
	q.forget(func(e *entry) bool { return !now.Before(e.end) })
	q.nextEnd = now.Add(time.Hour)
	for _, e := range q.waiting {
		if e.end.Before(q.nextEnd) {
			q.nextEnd = e.end
		}
	}
	return len(q.waiting) >= limit
}

// forget removes the entries for which f is true.
func (q *queue) forget(f func(*entry) bool) {
	for _, m := range []map[string]*entry{q.waiting, q.settled} {
		maps.DeleteFunc(m, func(_ string, e *entry) bool { return f(e) })
	}
}

// sinceBefore: everything is before the zero time.
func (e *entry) sinceBefore(t time.Time) bool { return t.IsZero() || e.since.Before(t) }

// shown is the entry as callers get it, with its own copy of the value.
func (e *entry) shown(key string) Entry {
	return Entry{Key: key, State: e.state, Since: e.since, Value: bytes.Clone(e.value)}
}

// shown appends the entries that have not expired.
func shown(list []Entry, from map[string]*entry, now time.Time) []Entry {
	for key, e := range from {
		if now.Before(e.end) {
			list = append(list, e.shown(key))
		}
	}
	return list
}
