package store

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
)

const (
	// requestWait is how long who writes for a request waits for all that may be
	// in the way: others of this process, and the lock of another program. Those
	// who wait have each other in the way, so no part has a time of its own.
	requestWait = 5 * time.Second
	// lockWait is how long anybody else waits for the lock.
	lockWait = 10 * time.Second
	// lockedWait is for requests while it is known that another program keeps the
	// lock: a request that writes several times waits requestWait once.
	lockedWait = 250 * time.Millisecond
	// lockAgain is the pause between two tries. Each lasts copyWait.
	lockAgain = 10 * time.Millisecond
)

type waitUntil struct{}

// patience is how long writers wait.
type patience struct {
	requests, others time.Duration
	locked           atomic.Bool // by another program, for longer than a request waits
}

// asked marks when who writes for a request stops waiting. What is done in the
// background waits for its own deadline, and for a connection as long as it takes.
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

// bound ends when who has asked stops waiting.
func (p *patience) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if until, ok := ctx.Value(waitUntil{}).(time.Time); ok {
		return context.WithDeadline(ctx, until)
	}
	return ctx, func() {}
}

// insist does what needs the lock until it succeeds, fails for another reason, or
// ctx ends. SQLite's own waiting does not know how long was waited before.
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

// sqliteBusy is the primary result code of a lock that another connection has.
const sqliteBusy = 5

func isBusy(err error) bool {
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code()&0xff == sqliteBusy
}
