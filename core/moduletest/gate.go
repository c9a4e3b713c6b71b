package moduletest

import (
	"sync"

	"foyer/flags"
)

// gate holds flags that a test switches.
type gate struct {
	mu        sync.RWMutex
	on        map[flags.Key]bool
	listeners []func(flags.Key, bool)
}

// On serves as catalog.Flags and httpx.Gate.
func (g *gate) On(key flags.Key) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.on[key]
}

func (g *gate) OnChange(f func(flags.Key, bool)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.listeners = append(g.listeners, f)
}

func (g *gate) set(key flags.Key, on bool) {
	g.mu.Lock()
	g.on[key] = on
	listeners := g.listeners
	g.mu.Unlock()
	for _, f := range listeners {
		f(key, on)
	}
}
