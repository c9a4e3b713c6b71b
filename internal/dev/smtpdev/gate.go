package smtpdev

import (
	"net"
	"sync"
)

// mood is what happens to who comes.
type mood int

const (
	open    mood = iota
	down         // hung up on at once
	stalled      // kept waiting without a word
)

// gate is a listener that can be in a mood. The port stays taken whatever
// happens: nobody else gets it between two moods.
type gate struct {
	net.Listener

	mu   sync.Mutex
	mood mood
	came int
	held map[net.Conn]struct{} // those who are kept waiting
}

// Accept returns those that are let in.
func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil || g.admit(c) {
			return c, err
		}
	}
}

func (g *gate) admit(c net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.came++
	switch g.mood {
	case down:
		_ = c.Close()
	case stalled:
		g.held[c] = struct{}{}
	}
	return g.mood == open
}

func (g *gate) set(m mood) {
	g.mu.Lock()
	g.mood = m
	g.mu.Unlock()
	if m != stalled {
		g.hangUp()
	}
}

// hangUp lets go of those who wait.
func (g *gate) hangUp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.held {
		_ = c.Close()
	}
	clear(g.held)
}
