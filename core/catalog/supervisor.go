package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"foyer/core/process"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
)

// open starts the module once, and stops it if the start fails.
func (u *unit) open(ctx context.Context) (instance, error) {
	u.mu.Lock()
	u.state, u.retryAt = starting, time.Time{}
	u.moved()
	u.mu.Unlock()
	ctx, stop := context.WithTimeout(ctx, u.policy.Start)
	defer stop()
	unmounted := u.external && u.claimed().Name == "" // others could have taken its routes in the meantime
	known := u.place.describe()
	if len(known.Routes) > 0 {
		if err := u.claim(known); err != nil {
			return nil, err
		}
	}
	inst, err := u.place.open(ctx)
	if err != nil {
		return nil, err
	}
	about := inst.describe()
	if !sameRoutes(known.Routes, about.Routes) {
		if err := u.claim(about); err != nil {
			return nil, errors.Join(err, u.stop(ctx, inst))
		}
	}
	shown, err := inst.advertise(ctx)
	if err == nil {
		err = inst.start(ctx, hostapi.Grant(u.host(), about.Needs))
	}
	if err != nil {
		return nil, errors.Join(err, u.stop(ctx, inst))
	}
	u.mu.Lock()
	routed := sameRoutes(u.about.Routes, about.Routes)
	if len(u.about.Routes) == 0 || !routed { // routes of this process keep their handlers
		u.about.Routes = about.Routes
	}
	about.Routes = u.about.Routes
	advertised := sameShown(u.shown, shown) // a separate process's is unknown so far
	u.about, u.shown, u.inst, u.state, u.fault = about, shown, inst, up, nil
	u.moved()
	u.cut, u.cutNow = context.WithCancelCause(context.Background())
	u.mu.Unlock()
	if u.changed != nil && (!routed || !advertised || unmounted) {
		u.changed()
	}
	return inst, nil
}

// sameShown compares what is advertised by its JSON form, the only form clients
// see.
func sameShown(a, b map[string]any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func sameRoutes(a, b []module.Route) bool {
	return slices.EqualFunc(a, b, func(x, y module.Route) bool {
		return x.Method == y.Method && x.Path == y.Path && x.Flag == y.Flag && x.Access == y.Access && x.Limit == y.Limit && x.Outside == y.Outside
	})
}

// stop ends an instance in time, even if ctx has already ended. That it hung is
// logged and does not count as a failed stop.
func (u *unit) stop(ctx context.Context, inst instance) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), u.policy.Stop)
	defer cancel()
	switch err := inst.stop(ctx); {
	case errors.Is(err, process.ErrHung):
		u.log.WarnContext(ctx, "module was not stopped", "error", err)
	case err != nil:
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// close refuses new work, lets running work end in time, then stops.
func (u *unit) close(ctx context.Context, inst instance) error {
	u.mu.Lock()
	u.state, u.inst = stopping, nil
	u.moved()
	var drained chan struct{}
	if u.running > 0 {
		drained = make(chan struct{})
		u.drained = drained
	}
	cut := u.cutNow
	u.mu.Unlock()
	if drained != nil {
		timeout := time.NewTimer(u.policy.Drain)
		defer timeout.Stop()
		select {
		case <-drained:
		case <-timeout.C:
			u.log.Warn("module stops with requests running", "after", u.policy.Drain)
		case <-ctx.Done():
		}
	}
	cut(errCut)
	err := u.stop(ctx, inst)
	u.settle(off, nil)
	return err
}

func (u *unit) settle(s state, fault error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.state, u.inst, u.fault = s, nil, fault
	u.moved()
}

// supervise keeps the module as its flags say until ctx ends, then stops it. inst
// is what already runs, or nil. ending returns the context for the final stop.
func (u *unit) supervise(ctx context.Context, inst instance, ending func() context.Context) error {
	var behind failures
	began := time.Now()
	var retry <-chan time.Time // set while waiting to retry a start
	for {
		var ended <-chan struct{}
		if inst != nil {
			ended = inst.done()
		}
		select {
		case <-ctx.Done():
			if inst == nil {
				u.settle(off, nil)
				return nil
			}
			return u.close(ending(), inst) //nolint:contextcheck // ctx has ended
		case <-ended:
			// Its connections are broken, so whatever runs inside ends by itself.
			err := inst.why()
			retry = u.plan(&behind, time.Since(began), "module process ended", err)
			_ = u.stop(ctx, inst) // releases what the process left behind
			inst = nil
			continue
		case <-u.poke: // switched, perhaps off and on too fast to notice
			retry, behind = nil, failures{}
		case <-retry:
			retry = nil
		}
		switch on := u.wanted(); {
		case !on && inst != nil:
			if err := u.close(ctx, inst); err != nil {
				u.log.Error("module did not stop well", "error", err)
			}
			u.log.Info("module stopped")
			inst = nil
			u.release()
		case !on:
			retry = nil
			u.settle(off, nil)
			u.release()
		case inst == nil && retry == nil:
			started, err := u.open(ctx)
			if err != nil {
				retry = u.plan(&behind, 0, "module did not start", err)
				continue
			}
			inst, began = started, time.Now()
			u.log.Info("module started")
		}
	}
}

var errCut = fmt.Errorf("the module stops: %w", module.ErrUnavailable)

// plan records a failure after a run of length ran and says when to try again:
// indefinitely, at growing intervals.
func (u *unit) plan(behind *failures, ran time.Duration, text string, err error) (retry <-chan time.Time) {
	delay := jittered(behind.add(ran, errors.Is(err, process.ErrKilled), u.policy))
	u.mu.Lock()
	u.state, u.inst, u.fault, u.failures, u.retryAt = starting, nil, err, behind.inARow, time.Now().Add(delay)
	u.moved()
	u.mu.Unlock()
	level := slog.LevelWarn
	if behind.inARow >= u.policy.Loud || errors.Is(err, ErrRoutes) {
		level = slog.LevelError
	}
	u.log.Log(context.Background(), level, text+": will be started again",
		"failures", behind.inARow, "ran", ran.Round(time.Millisecond), "in", delay, "error", err)
	return time.After(delay)
}
