package ephemeral

// Keys returns the number of keys held.
func (t *MemoryThrottle) Keys() (n int) {
	for _, s := range t.scopes {
		for i := range s.shards {
			n += len(s.shards[i].young) + len(s.shards[i].old)
		}
	}
	return n
}

// Entries returns the number of entries and of queues held.
func (m *MemoryQueues) Entries() (entries, queues int) {
	for i := range m.shards {
		for _, q := range m.shards[i].queues {
			entries += len(q.waiting) + len(q.settled)
			queues++
		}
	}
	return entries, queues
}

// Values returns the number of values held.
func (v *MemoryValues) Values() int { return len(v.items) }
