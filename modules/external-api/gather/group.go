package gather

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// callTime bounds a call, which outlives the request that began it.
const callTime = 10 * time.Second

// Group shares calls by key. Callers that arrive while one is under way wait for it to
// end and share the next. The zero value is ready to use.
type Group[K comparable, V any] struct {
	// Hold is how old a result may be, counted from the start of its call: callers
	// within that time share it, unless it is an error. With 0 no caller gets the result
	// of a call that began before it arrived.
	Hold time.Duration

	mu    sync.Mutex
	lanes map[K]*lane[V]
}

// lane holds the calls of one key: the latest, under way or done, and possibly one to
// follow it.
type lane[V any] struct{ last, next *flight[V] }

// flight is one call; the result is set before done is closed.
type flight[V any] struct {
	ctx   context.Context // of the caller that began it, without its cancellation
	call  func(context.Context) (V, error)
	begun time.Time
	done  chan struct{}
	value V
	err   error
}

// Do returns the result of a call that began after Do was called, or at most Hold
// before, whether this request began it or another. The call runs to its end even if its
// callers leave.
func (g *Group[K, V]) Do(ctx context.Context, key K, call func(context.Context) (V, error)) (V, error) {
	f := g.join(ctx, key, call)
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		var zero V
		return zero, ctx.Err()
	}
}

// join returns the flight to wait for: one that is fresh enough, one that has not begun,
// or a new one.
func (g *Group[K, V]) join(ctx context.Context, key K, call func(context.Context) (V, error)) *flight[V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[key]
	if l != nil {
		if g.Hold > 0 && time.Since(l.last.begun) < g.Hold {
			return l.last
		}
		if l.next != nil {
			return l.next
		}
	}
	mine := &flight[V]{ctx: context.WithoutCancel(ctx), call: call, done: make(chan struct{})}
	switch {
	case l == nil:
		if g.lanes == nil {
			g.lanes = map[K]*lane[V]{}
		}
		l = &lane[V]{}
		g.lanes[key] = l
		g.begin(key, l, mine)
	case l.over():
		g.begin(key, l, mine)
	default:
		l.next = mine
	}
	return mine
}

// over reports whether no call is under way.
func (l *lane[V]) over() bool {
	select {
	case <-l.last.done:
		return true
	default:
		return false
	}
}

// begin makes f the lane's latest call and runs it; g must be locked.
func (g *Group[K, V]) begin(key K, l *lane[V], f *flight[V]) {
	f.begun = time.Now()
	l.last = f
	go g.run(key, l, f)
}

// run makes calls until nobody is waiting for another.
func (g *Group[K, V]) run(key K, l *lane[V], f *flight[V]) {
	for f != nil {
		f.value, f.err = once(f.ctx, f.call)
		g.mu.Lock()
		close(f.done)
		f = g.follow(key, l, f)
		g.mu.Unlock()
	}
}

// follow returns the call after f, if there is one; g must be locked. The last result is
// kept for as long as it may be shared.
func (g *Group[K, V]) follow(key K, l *lane[V], f *flight[V]) *flight[V] {
	if next := l.next; next != nil {
		l.last, l.next = next, nil
		next.begun = time.Now()
		return next
	}
	left := g.Hold - time.Since(f.begun)
	if f.err != nil || left <= 0 {
		delete(g.lanes, key)
		return nil
	}
	time.AfterFunc(left, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.lanes[key] == l && l.last == f {
			delete(g.lanes, key)
		}
	})
	return nil
}

// once makes one call; a panic becomes an error, so that nobody waits forever.
func once[V any](ctx context.Context, call func(context.Context) (V, error)) (value V, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return call(ctx)
}
