package catalog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"foyer/sdk/module"
)

// state is a stage in the life of a unit.
type state uint8

const (
	off      state = iota // not wanted, or not yet started
	starting              // a start is under way or due
	up
	stopping // running requests may end, new ones are refused
)

// errOff refuses requests to a module that is switched off.
var errOff = fmt.Errorf("the module is off: %w", module.ErrUnavailable)

// unit is one module over time.
type unit struct {
	name     string
	external bool // its binary is not the gateway's
	place    placement
	claim    func(module.Description) error // its routes
	host     func() module.Host             // everything; what is granted is less
	log      *slog.Logger
	policy   Policy
	flags    Flags
	changed  func() // called without the lock when the routes or what is advertised have changed
	poke     chan struct{}

	mu       sync.Mutex
	state    state
	inst     instance
	about    module.Description
	claims   module.Description      // routes that nobody else may have
	shown    map[string]any          // what it advertises
	fault    error                   // the last failure, nil while up
	retryAt  time.Time               // of the next start; zero while one is under way
	failures int                     // in a row before that
	news     chan struct{}           // closed when one of the above changes; nil unless somebody waits
	cut      context.Context         // ends when this start's requests must
	cutNow   context.CancelCauseFunc // ends cut
	running  int                     // requests, events and jobs inside inst
	drained  chan struct{}           // closed at running == 0; nil unless somebody waits
}

// admission is the answer to a request to enter: an instance, or why not.
type admission struct {
	inst instance
	cut  context.Context // ends when those inside must leave
	err  error           // errOff, or module.ErrUnavailable
	due  time.Time       // when to expect a start; zero = at any moment
	news <-chan struct{} // closed when the answer may have changed
}

// enter admits one request, event or job; if it succeeds, leave must follow.
func (u *unit) enter() (a admission) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch u.state {
	case up:
		u.running++
		return admission{inst: u.inst, cut: u.cut}
	case off, stopping:
		if !u.wantedWith(u.about) {
			return admission{err: errOff}
		}
		// It is wanted again, or for the first time, so its start is near.
		a.err = fmt.Errorf("the module starts: %w", module.ErrUnavailable)
	default:
		a.err, a.due = fmt.Errorf("the module is down: %w: %w", module.ErrUnavailable, errors.Join(u.fault)), u.retryAt
	}
	if u.news == nil {
		u.news = make(chan struct{})
	}
	a.news = u.news
	return a
}

func (u *unit) leave() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.running--
	if u.running == 0 && u.drained != nil {
		close(u.drained)
		u.drained = nil
	}
}

// moved wakes those waiting for a start. The caller holds the lock.
func (u *unit) moved() {
	if u.news != nil {
		close(u.news)
		u.news = nil
	}
}

// wait is how long clients are told to wait while the module is down.
func (u *unit) wait() time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	return max(time.Second, time.Until(u.retryAt))
}

// within returns ctx, ending also when cut does, with the cause of cut.
func (u *unit) within(ctx, cut context.Context) (context.Context, func()) {
	ctx, end := context.WithCancelCause(ctx)
	detach := context.AfterFunc(cut, func() { end(context.Cause(cut)) })
	return ctx, func() { detach(); end(nil) }
}

// do runs an event or a job inside the module. If the module is off or down, it
// is postponed.
func (u *unit) do(ctx context.Context, what string, f func(context.Context, instance) error) error {
	a := u.enter()
	if a.err == nil {
		defer u.leave()
		if !u.works() {
			a.err = errOff
		}
	}
	if a.err != nil {
		return fmt.Errorf("module %s: %s: %w: %w", u.name, what, module.ErrPostponed, a.err)
	}
	inside, end := u.within(ctx, a.cut)
	defer end()
	if err := f(inside, a.inst); err != nil {
		return fmt.Errorf("module %s: %s: %w", u.name, what, err)
	}
	return nil
}

// health is nil for a module that is off, and for one that is up and well.
func (u *unit) health(ctx context.Context) error {
	u.mu.Lock()
	s, inst, fault, failures := u.state, u.inst, u.fault, u.failures
	u.mu.Unlock()
	switch s {
	case up: // a process that hangs does not answer, whether or not its module has a check
		return inst.check(ctx)
	default:
		return fmt.Errorf("not running after %d failures in a row: %w", failures, errors.Join(module.ErrUnavailable, fault))
	}
}

func (u *unit) description() module.Description {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.about
}

func (u *unit) advertised() map[string]any {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.shown
}
