package catalog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/core/module"
	"foyer/core/module/reply"
	"foyer/core/plugin"
	"foyer/flags"
)

// state is where a unit is.
type state uint8

const (
	off      state = iota // not wanted, or not yet started
	starting              // a start is under way, or the next one is waited for
	up
	stopping // running requests may end, new ones are refused
	givenUp  // it failed too often; off and on again tries anew
)

// errOff refuses work for a module that is switched off.
var errOff = fmt.Errorf("the module is off: %w", module.ErrUnavailable)

// unit is one module over time.
type unit struct {
	name    string
	place   placement
	host    func() module.Host // everything; what is granted is less
	log     *slog.Logger
	policy  Policy
	flags   Flags
	changed func() // called without the lock when routes or what is advertised are not what they were
	poke    chan struct{}

	mu      sync.Mutex
	state   state
	inst    instance
	about   plugin.Description
	shown   map[string]any          // what it advertises
	fault   error                   // the last failure, nil while up
	retryAt time.Time               // of the next start
	cut     context.Context         // ends when requests of this start must
	cutNow  context.CancelCauseFunc // ends cut
	running int                     // requests, events and jobs inside inst
	drained chan struct{}           // closed at running == 0, nil unless somebody waits
}

func (u *unit) on() bool { return u.flags.On(flags.Key(u.name)) }

// enter admits one request, event or job; leave must follow.
func (u *unit) enter() (instance, context.Context, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch u.state {
	case up:
		u.running++
		return u.inst, u.cut, nil
	case off, stopping:
		if u.on() { // wanted again, or for the first time: its start is near
			return nil, nil, fmt.Errorf("the module starts: %w", module.ErrUnavailable)
		}
		return nil, nil, errOff
	default:
		return nil, nil, fmt.Errorf("the module is down: %w: %w", module.ErrUnavailable, errors.Join(u.fault))
	}
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

// wait is what clients are told to wait while the module is down.
func (u *unit) wait() time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.state == givenUp {
		return time.Minute
	}
	return max(time.Second, time.Until(u.retryAt))
}

// handler serves one route wherever the module runs.
func (u *unit) handler(own gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		inst, cut, err := u.enter()
		if errors.Is(err, errOff) { // switched off after the gate let it pass
			reply.Fail(c, reply.NotFound())
			return
		}
		if err != nil {
			reply.Fail(c, reply.Unavailable(u.wait(), err))
			return
		}
		defer u.leave()
		ctx, end := u.within(c.Request.Context(), cut)
		defer end()
		c.Request = c.Request.WithContext(ctx)
		inst.serve(c, own)
	}
}

// within returns ctx ending also when cut does, with its cause.
func (u *unit) within(ctx, cut context.Context) (context.Context, func()) {
	ctx, end := context.WithCancelCause(ctx)
	detach := context.AfterFunc(cut, func() { end(context.Cause(cut)) })
	return ctx, func() { detach(); end(nil) }
}

// do runs an event or a job inside the module.
func (u *unit) do(ctx context.Context, what string, f func(context.Context, instance) error) error {
	inst, cut, err := u.enter()
	if err == nil {
		defer u.leave()
		inside, end := u.within(ctx, cut)
		defer end()
		err = f(inside, inst)
	}
	if err != nil {
		return fmt.Errorf("module %s: %s: %w", u.name, what, err)
	}
	return nil
}

// health is nil for a module that is off, and for one that is up and well.
func (u *unit) health(ctx context.Context) error {
	u.mu.Lock()
	s, inst, fault, about := u.state, u.inst, u.fault, u.about
	u.mu.Unlock()
	switch s {
	case up:
		if !about.Checker {
			return nil
		}
		return inst.check(ctx)
	case givenUp:
		return fmt.Errorf("given up: %w", fault)
	default:
		return fmt.Errorf("not running: %w", errors.Join(module.ErrUnavailable, fault))
	}
}

func (u *unit) description() plugin.Description {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.about
}

func (u *unit) advertised() map[string]any {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.shown
}
