package ephemeral

// Keys is the number of keys that are held.
func (t *MemoryThrottle) Keys() (n int) {
	for _, s := range t.scopes {
		for i := range s.shards {
			n += len(s.shards[i].young) + len(s.shards[i].old)
		}
	}
	return n
}

// Entries is the number of entries that are held, and of queues.
func (m *MemoryQueues) Entries() (entries, queues int) {
	for i := range m.shards {
		for _, q := range m.shards[i].queues {
			entries += len(q.waiting) + len(q.settled)
			queues++
		}
	}
	return entries, queues
}

// Values is the number of values that are held.
func (v *MemoryValues) Values() int { return len(v.items) }
