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
