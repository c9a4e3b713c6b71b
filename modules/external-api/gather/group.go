package gather

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// callTime bounds a call, which outlives the request that began it.
const callTime = 10 * time.Second

// Group shares calls by key. While one is under way, those who come meanwhile
// wait for it to end and share the next one. The zero value is ready.
type Group[K comparable, V any] struct {
	mu    sync.Mutex
	lanes map[K]*lane[V]
}

// lane is the calls of one key: one under way, and perhaps the next one.
type lane[V any] struct{ next *flight[V] }

// flight is one call; the result is set when done is closed.
type flight[V any] struct {
	ctx   context.Context // of who began it, without its end
	call  func(context.Context) (V, error)
	done  chan struct{}
	value V
	err   error
}

// Do gives the result of a call that began after Do was called, made by this
// request or by another one. It runs to its end whoever leaves.
func (g *Group[K, V]) Do(ctx context.Context, key K, call func(context.Context) (V, error)) (V, error) {
	f := g.join(&flight[V]{ctx: context.WithoutCancel(ctx), call: call, done: make(chan struct{})}, key)
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		var zero V
		return zero, ctx.Err()
	}
}

// join gives the flight to wait for: mine, or one that has not begun either.
func (g *Group[K, V]) join(mine *flight[V], key K) *flight[V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l := g.lanes[key]; l != nil {
		if l.next == nil {
			l.next = mine
		}
		return l.next
	}
	if g.lanes == nil {
		g.lanes = map[K]*lane[V]{}
	}
	l := &lane[V]{}
	g.lanes[key] = l
	go g.run(key, l, mine)
	return mine
}

// run makes calls until nobody waits for another one.
func (g *Group[K, V]) run(key K, l *lane[V], f *flight[V]) {
	for f != nil {
		f.value, f.err = once(f.ctx, f.call)
		close(f.done)
		g.mu.Lock()
		f, l.next = l.next, nil
		if f == nil {
			delete(g.lanes, key)
		}
		g.mu.Unlock()
	}
}

// once makes one call; a panic is an error, so that nobody waits for ever.
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
