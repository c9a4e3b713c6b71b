package gather

import (
	"context"
	"runtime"
	"sync"
)

// maxBatch is the most items one call is given.
const maxBatch = 500

// Batch hands items over in lists. Items that arrive while one list is being handed over
// form the next.
type Batch[T any] struct {
	flush func(ctx context.Context, items []T) error

	mu      sync.Mutex
	waiting []*parcel[T] // lists to be handed over, in order
	busy    bool
}

// parcel is one list; err is set before done is closed.
type parcel[T any] struct {
	items []T
	done  chan struct{}
	err   error
}

// NewBatch returns a batch; flush takes the whole list or none of it.
func NewBatch[T any](flush func(ctx context.Context, items []T) error) *Batch[T] {
	return &Batch[T]{flush: flush}
}

// Add returns once the item has been handed over, with the error of its list. The item
// is handed over even if the caller gives up waiting.
func (b *Batch[T]) Add(ctx context.Context, item T) error {
	p := b.put(ctx, item)
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *Batch[T]) put(ctx context.Context, item T) *parcel[T] {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := len(b.waiting)
	if n == 0 || len(b.waiting[n-1].items) >= maxBatch {
		b.waiting = append(b.waiting, &parcel[T]{done: make(chan struct{})})
		n++
	}
	p := b.waiting[n-1]
	p.items = append(p.items, item)
	if !b.busy {
		b.busy = true
		go b.run(context.WithoutCancel(ctx))
	}
	return p
}

// run hands lists over until there are none left.
func (b *Batch[T]) run(ctx context.Context) {
	for {
		runtime.Gosched() // lets callers that are about to add do so: nobody waits for them, and lists grow longer under load
		b.mu.Lock()
		if len(b.waiting) == 0 {
			b.busy = false
			b.mu.Unlock()
			return
		}
		p := b.waiting[0]
		b.waiting = b.waiting[1:]
		b.mu.Unlock()
		_, p.err = once(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, b.flush(ctx, p.items) })
		close(p.done)
	}
}
