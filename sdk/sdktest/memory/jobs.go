package memory

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"foyer/sdk/module"
)

const (
	argsLimit       = 1 << 20 // bytes
	defaultAttempts = 25
)

// State is the state of a job.
type State string

// The states.
const (
	Waiting State = "waiting" // for its time, or for Run
	Running State = "running"
	GivenUp State = "given_up"
	Done    State = "done"
)

// Job is durable work as the gateway keeps it: a module's own, or the delivery of
// an event to it.
type Job struct {
	Module      string
	Kind        string        // the module's own name for the work, "event" for a delivery
	Args        []byte        // JSON
	Event       *module.Event // to deliver; nil = the module's own work
	Unique      string
	State       State
	Attempts    int // so far; postponed ones do not count
	MaxAttempts int
	Due         time.Time // the next attempt, UTC
	Errors      []string  // of failed attempts, oldest first
}

// task is a job that is worked on.
type task struct {
	Job
	delay     time.Duration // until it is due, while it is not yet stored
	postponed int           // times in a row
}

// jobs implements module.Jobs.
type jobs struct {
	gateway *Gateway
	name    string
}

func (j jobs) Enqueue(_ context.Context, kind string, args any, o module.JobOptions) error {
	t, err := taskOf(j.name, kind, args, o)
	if err != nil {
		return err
	}
	j.gateway.mu.Lock()
	defer j.gateway.mu.Unlock()
	j.gateway.enqueue(t)
	return nil
}

func taskOf(moduleName, kind string, args any, o module.JobOptions) (*task, error) {
	if kind == "" {
		return nil, fmt.Errorf("enqueue a job of module %s: %w", moduleName, errors.New("a job needs a kind"))
	}
	raw, err := json.Marshal(args)
	if err == nil && len(raw) > argsLimit {
		err = fmt.Errorf("arguments of %d bytes exceed %d", len(raw), argsLimit)
	}
	if err != nil {
		return nil, fmt.Errorf("enqueue job %s of module %s: %w", kind, moduleName, err)
	}
	return &task{delay: max(o.Delay, 0), Job: Job{
		Module: moduleName, Kind: kind, Args: raw, Unique: o.Unique, State: Waiting,
		MaxAttempts: cmp.Or(o.MaxAttempts, defaultAttempts),
	}}, nil
}

// enqueue stores a job, unless it repeats an unfinished one; the lock is held.
func (g *Gateway) enqueue(t *task) {
	repeats := func(other *task) bool {
		return other.Module == t.Module && other.Kind == t.Kind && other.Unique == t.Unique && other.Event == nil &&
			(other.State == Waiting || other.State == Running)
	}
	if t.Unique != "" && slices.ContainsFunc(g.tasks, repeats) {
		return
	}
	t.Due = g.now().Add(t.delay)
	g.tasks = append(g.tasks, t)
}

// Jobs returns the module's jobs and the deliveries to it, finished ones too, in
// the order in which they were stored. "" = those of all modules.
func (g *Gateway) Jobs(moduleName string) []Job {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []Job
	for _, t := range g.tasks {
		if moduleName == "" || t.Module == moduleName {
			j := t.Job
			j.Errors = slices.Clone(j.Errors)
			list = append(list, j)
		}
	}
	return list
}
