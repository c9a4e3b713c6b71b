package store

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
)

const (
	// requestWait is how long a write for a request waits for everything that may
	// be in the way: other writers of this process, and another program's lock.
	// Since waiters are in each other's way, the parts have no separate limits.
	requestWait = 5 * time.Second
	// lockWait is how long any other write waits for the lock.
	lockWait = 10 * time.Second
	// lockedWait applies to requests while another program is known to hold the
	// lock: a request that writes several times waits requestWait only once.
	lockedWait = 250 * time.Millisecond
	// lockAgain is the pause between two attempts. Each takes copyWait.
	lockAgain = 10 * time.Millisecond
)

type waitUntil struct{}

// patience is how long writers wait.
type patience struct {
	requests, others time.Duration
	locked           atomic.Bool // by another program, for longer than a request waits
}

// asked sets when a write for a request stops waiting. Background work waits
// until its own deadline, and as long as it takes for a connection.
func (p *patience) asked(ctx context.Context) context.Context {
	if isBehind(ctx) {
		return ctx
	}
	wait := p.requests
	if p.locked.Load() {
		wait = min(wait, lockedWait)
	}
	return context.WithValue(ctx, waitUntil{}, time.Now().Add(wait))
}

// bound ends when the writer stops waiting.
func (p *patience) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if until, ok := ctx.Value(waitUntil{}).(time.Time); ok {
		return context.WithDeadline(ctx, until)
	}
	return ctx, func() {}
}

// insist retries do, which needs the lock, until it succeeds, fails for another
// reason, or ctx ends. SQLite's own waiting does not know how long the caller has
// waited already.
func (p *patience) insist(ctx context.Context, do func() error) error {
	begin := time.Now()
	for {
		err := do()
		if !isBusy(err) {
			if err == nil {
				p.locked.Store(false)
			}
			return err
		}
		if time.Since(begin) >= p.requests {
			p.locked.Store(true)
		}
		if _, asked := ctx.Value(waitUntil{}).(time.Time); !asked && time.Since(begin) >= p.others {
			return err
		}
		select {
		case <-time.After(lockAgain):
		case <-ctx.Done():
			return err
		}
	}
}

// sqliteBusy is the primary result code of a lock held by another connection.
const sqliteBusy = 5

func isBusy(err error) bool {
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code()&0xff == sqliteBusy
}
