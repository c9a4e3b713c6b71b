package memory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/sdk/module"
)

// The pauses before a job is tried again.
const (
	firstRetry   = time.Second
	lastRetry    = 6 * time.Hour
	lastPostpone = time.Minute
)

// Named is what Run works for: a module, or a stand-in for one.
type Named interface{ Name() string }

// Run works on the due jobs of m, if m is a module.Worker, and delivers the
// events it listens to, if m is a module.Listener: one after the other in the
// order in which they were stored, including those stored in the meantime, until
// none is due. A job that fails or is postponed is due again later (Advance). The
// error joins those of all attempts that failed or were postponed; a panic of m
// is one.
func (g *Gateway) Run(ctx context.Context, m Named) error {
	var errs []error
	for ctx.Err() == nil {
		t := g.next(m)
		if t == nil {
			return errors.Join(errs...)
		}
		err := attempt(ctx, m, t.Job)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s of module %s: %w", t.Kind, t.Module, err))
		}
		g.settle(t, err)
	}
	return errors.Join(append(errs, ctx.Err())...)
}

// next takes the first job that is due.
func (g *Gateway) next(m Named) *task {
	_, works := m.(module.Worker)
	_, listens := m.(module.Listener)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range g.tasks {
		able := works && t.Event == nil || listens && t.Event != nil
		if able && t.Module == m.Name() && t.State == Waiting && !t.Due.After(g.now()) {
			t.State, t.Attempts = Running, t.Attempts+1
			return t
		}
	}
	return nil
}

func attempt(ctx context.Context, m Named, j Job) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	if j.Event == nil {
		return m.(module.Worker).Work(ctx, module.Job{Kind: j.Kind, Args: j.Args, Attempt: j.Attempts})
	}
	err = m.(module.Listener).Listen(ctx, *j.Event)
	if errors.Is(err, module.ErrInvalid) { // the event will be the same next time
		err = fmt.Errorf("%w: %w", module.ErrGiveUp, err)
	}
	return err
}

// settle records how an attempt ended.
func (g *Gateway) settle(t *task, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case err == nil:
		t.State = Done
	case errors.Is(err, module.ErrGiveUp):
		t.State, t.Errors = GivenUp, append(t.Errors, err.Error())
	case errors.Is(err, module.ErrPostponed):
		t.State, t.Attempts, t.Due = Waiting, t.Attempts-1, g.now().Add(doubled(t.postponed, lastPostpone))
		t.postponed++
		return
	case t.Attempts >= t.MaxAttempts:
		t.State, t.Errors = GivenUp, append(t.Errors, err.Error())
	default:
		t.State, t.Due = Waiting, g.now().Add(doubled(len(t.Errors), lastRetry))
		t.Errors = append(t.Errors, err.Error())
	}
}

// doubled is the pause after so many earlier failures: a second, doubled each
// time, at most the longest.
func doubled(before int, longest time.Duration) time.Duration {
	d := firstRetry
	for range before {
		if d *= 2; d >= longest {
			return longest
		}
	}
	return d
}
