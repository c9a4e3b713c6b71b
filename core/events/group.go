package events

import (
	"context"
	"fmt"
	"sync"
	"time"

	"foyer/sdk/module"
)

const (
	// groupLength is how many events are stored together at most, and groupSize how
	// many bytes their bodies may have, unless one alone has more.
	groupLength = 64
	groupSize   = 1 << 20
	// groupTime bounds storing a group, which goes on when a sender leaves.
	groupTime = 10 * time.Second
)

// group stores events that arrive while others are being stored together: the commit,
// and what each statement costs besides its rows, are then shared. Nobody waits for
// others to arrive.
type group struct {
	store func(ctx context.Context, list []*waiter) error

	mu      sync.Mutex
	waiting []*waiter
	busy    bool
}

// waiter is an event and who waits for it to be stored; err is set before done is
// closed.
type waiter struct {
	ctx   context.Context // the sender's, for its trace
	event module.Event
	done  chan struct{}
	err   error
}

// add returns once the event is stored. It is stored even if ctx ends first.
func (g *group) add(ctx context.Context, e module.Event) error {
	w := &waiter{ctx: ctx, event: e, done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	first := !g.busy
	g.busy = true
	g.mu.Unlock()
	if first { // without handing it to another goroutine, which has to be woken
		g.flush(g.take())
		g.goOn()
	}
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// goOn has the rest stored, if there is any, while the caller leaves.
func (g *group) goOn() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.busy = false
		return
	}
	go func() {
		g.flush(g.take())
		g.goOn()
	}()
}

// take takes the first of those who wait.
func (g *group) take() []*waiter {
	g.mu.Lock()
	defer g.mu.Unlock()
	n, size := 0, 0
	for n < len(g.waiting) && n < groupLength {
		size += len(g.waiting[n].event.Body)
		if n > 0 && size > groupSize {
			break
		}
		n++
	}
	list := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return list
}

// flush stores a list, and if that fails each event by itself: one that cannot be
// stored does not take others with it.
func (g *group) flush(list []*waiter) {
	err := g.try(list)
	for _, w := range list {
		w.err = err
		if err != nil && len(list) > 1 && w.ctx.Err() == nil {
			w.err = g.try([]*waiter{w})
		}
		close(w.done)
	}
}

// try makes a panic an error, so that nobody waits for ever.
func (g *group) try(list []*waiter) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(list[0].ctx), groupTime)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return g.store(ctx, list)
}
