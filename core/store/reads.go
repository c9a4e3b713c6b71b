package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// readLanes is how many connections cheap reads use at once; those that come while
	// all are busy are sent together.
	readLanes = 2
	// readsAtOnce is how many are sent together at most.
	readsAtOnce = 64
	// readTime bounds reads sent together, which go on when one of their callers
	// leaves.
	readTime = 10 * time.Second
)

// reads sends cheap reads to PostgreSQL, together if there are many: to write to a
// connection, to wait for the answer and to be woken costs both sides more than such a
// read itself. Nobody waits for others to arrive, and each is run after it was asked
// for.
type reads struct {
	pool *pgxpool.Pool

	mu      sync.Mutex
	busy    int // lanes
	waiting []*quickRead
}

func newReads(pool *pgxpool.Pool) *reads { return &reads{pool: pool} }

// quickRead is one read that waits to be sent with others.
type quickRead struct {
	ctx  context.Context // the caller's
	text string
	args []any
	read func(rows) error
	ok   bool // it was read
	err  error
	done chan struct{} // closed when err is set
}

func (g *reads) do(ctx context.Context, text string, args []any, read func(rows) error) error {
	g.mu.Lock()
	if g.busy < readLanes {
		g.busy++
		g.mu.Unlock()
		defer g.next()
		return readAll(ctx, pgConn{q: g.pool}, text, args, read)
	}
	r := &quickRead{ctx: ctx, text: text, args: args, read: read, done: make(chan struct{})}
	g.waiting = append(g.waiting, r)
	g.mu.Unlock()
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return g.leave(r)
	}
}

// leave is for a caller who does not wait any longer. What it hands to read belongs to
// the caller, so a read that is under way is waited for.
func (g *reads) leave(r *quickRead) error {
	g.mu.Lock()
	i := slices.Index(g.waiting, r)
	if i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	g.mu.Unlock()
	if i < 0 {
		<-r.done
	}
	return r.ctx.Err()
}

// next gives the lane to those who wait, or frees it.
func (g *reads) next() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.busy--
		return
	}
	n := min(len(g.waiting), readsAtOnce)
	list := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	go func() {
		defer g.next()
		g.send(list)
	}()
}

// send sends reads in one go. They fail together, so after a failure of one the others
// are read one by one; but not if the database is away, or each would wait for it in
// turn.
func (g *reads) send(list []*quickRead) {
	var batch pgx.Batch
	for _, r := range list {
		r.read = guarded(r.read)
		batch.Queue(r.text, r.args...).Query(func(found pgx.Rows) error {
			err := r.read(pgRows{found})
			r.ok = err == nil
			return err
		})
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(list[0].ctx), readTime)
	defer cancel()
	err := g.pool.SendBatch(ctx, &batch).Close()
	for _, r := range list {
		switch {
		case err == nil || r.ok:
		case passes(err):
			r.err = Away(err)
		default:
			r.err = readAll(r.ctx, pgConn{q: g.pool}, r.text, r.args, r.read)
		}
		close(r.done)
	}
}

// guarded makes a panic an error: this goroutine works for others.
func guarded(read func(rows) error) func(rows) error {
	return func(found rows) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		return read(found)
	}
}
