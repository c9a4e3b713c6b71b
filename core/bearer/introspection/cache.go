package introspection

import (
	"crypto/sha256"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"foyer/core/bearer"
)

// key stands for a token, so that tokens themselves are not kept in memory.
type key [sha256.Size]byte

// verdict is what was found out about a token: an answer, or why it is refused.
type verdict struct {
	answer bearer.Introspection
	err    error
	until  time.Time // when to stop believing it
}

// memory keeps verdicts. Refusals are kept apart, so that made-up tokens do not
// push out real ones.
type memory struct{ active, refused *lru.Cache[key, verdict] }

func newMemory(size int) (memory, error) {
	active, err := lru.New[key, verdict](size)
	if err != nil {
		return memory{}, err
	}
	refused, err := lru.New[key, verdict](size)
	return memory{active, refused}, err
}

func (m memory) find(k key, now time.Time) (verdict, bool) {
	for _, c := range []*lru.Cache[key, verdict]{m.active, m.refused} {
		if v, ok := c.Get(k); ok {
			if now.Before(v.until) {
				return v, true
			}
			c.Remove(k)
		}
	}
	return verdict{}, false
}

func (m memory) keep(k key, v verdict, now time.Time) {
	if !now.Before(v.until) {
		return
	}
	if v.err != nil {
		m.refused.Add(k, v)
		return
	}
	m.active.Add(k, v)
}
