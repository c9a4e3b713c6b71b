package smtpdev

import (
	"net"
	"sync"
)

// mood is what happens to clients that connect.
type mood int

const (
	open    mood = iota
	down         // connections are closed at once
	stalled      // connections are held without an answer
)

// gate is a listener with a mood. It holds the port throughout: nobody else can get it
// between two moods.
type gate struct {
	net.Listener

	mu   sync.Mutex
	mood mood
	came int
	held map[net.Conn]struct{} // connections kept waiting
}

// Accept returns connections that are let in.
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

// hangUp closes the connections kept waiting.
func (g *gate) hangUp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.held {
		_ = c.Close()
	}
	clear(g.held)
}
