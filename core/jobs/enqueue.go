package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"foyer/core/store"
	"foyer/sdk/module"
)

// argsLimit is the size limit of one job's arguments, in bytes of JSON.
const argsLimit = 1 << 20

// moduleArgs is a job that a module stored. The tagged fields make it unique.
type moduleArgs struct {
	Module string          `json:"module" river:"unique"`
	Name   string          `json:"kind" river:"unique"`
	Unique string          `json:"unique,omitempty" river:"unique"`
	Args   json.RawMessage `json:"args"`
}

// Kind names the worker.
func (moduleArgs) Kind() string { return "module" }

// eventArgs is the delivery of one event to one module. It holds only the event's
// id: the event is a row of its own.
type eventArgs struct {
	Module  string `json:"module"`
	EventID string `json:"event_id"`
}

// Kind names the worker.
func (eventArgs) Kind() string { return "event" }

// unfinished are the states in which a unique job turns repeats into no-ops.
func unfinished() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
		rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}
}

// Enqueue stores one job of the module; args must encode to at most 1 MiB of
// JSON. The job is run by Runner.Work, in this process or another.
func (c *Client) Enqueue(ctx context.Context, moduleName, kind string, args any, o module.JobOptions) error {
	job, err := c.moduleJob(ctx, moduleName, kind, args, o)
	if err == nil {
		err = c.queue.insert(ctx, job)
	}
	if err != nil {
		return fmt.Errorf("enqueue job %s of module %s: %w", kind, moduleName, err)
	}
	return nil
}

// For returns what stores jobs for the module of that name.
func (c *Client) For(moduleName string) module.Jobs { return own{c, moduleName} }

type own struct {
	client *Client
	name   string
}

func (o own) Enqueue(ctx context.Context, kind string, args any, opts module.JobOptions) error {
	return o.client.Enqueue(ctx, o.name, kind, args, opts)
}

// EnqueueTx is Enqueue in the caller's transaction: the job exists, and runs,
// once that commits.
func (c *Client) EnqueueTx(ctx context.Context, tx *store.Tx, moduleName, kind string, args any, o module.JobOptions) error {
	job, err := c.moduleJob(ctx, moduleName, kind, args, o)
	if err == nil {
		err = c.queue.insertTx(ctx, tx, job)
	}
	if err != nil {
		return fmt.Errorf("enqueue job %s of module %s: %w", kind, moduleName, err)
	}
	return nil
}

// Delivery is what to tell the modules that listen to one event.
type Delivery struct {
	// Trace is the context whose trace the attempts continue.
	Trace   context.Context
	EventID string
	Modules []string
}

// DeliverTx stores, in the caller's transaction, one delivery of the stored event
// for each of the modules. They are run by Runner.Deliver.
func (c *Client) DeliverTx(ctx context.Context, tx *store.Tx, eventID string, modules ...string) error {
	return c.DeliverAllTx(ctx, tx, Delivery{Trace: ctx, EventID: eventID, Modules: modules})
}

// DeliverAllTx is DeliverTx for several events, in one statement.
func (c *Client) DeliverAllTx(ctx context.Context, tx *store.Tx, all ...Delivery) error {
	var list []river.InsertManyParams
	for _, d := range all {
		if len(d.Modules) == 0 {
			continue
		}
		meta, err := carry(d.Trace, 0)
		if err != nil {
			return fmt.Errorf("enqueue delivery of event %s: %w", d.EventID, err)
		}
		for _, m := range d.Modules {
			list = append(list, river.InsertManyParams{
				Args: eventArgs{Module: m, EventID: d.EventID}, InsertOpts: &river.InsertOpts{Metadata: meta, Queue: c.queueOf(m)},
			})
		}
	}
	if len(list) == 0 {
		return nil
	}
	if err := c.queue.insertTx(ctx, tx, list); err != nil {
		return fmt.Errorf("enqueue deliveries of %d events: %w", len(all), err)
	}
	return nil
}

func (c *Client) moduleJob(ctx context.Context, moduleName, kind string, args any, o module.JobOptions) ([]river.InsertManyParams, error) {
	if moduleName == "" || kind == "" {
		return nil, errors.New("a job needs a module and a kind")
	}
	raw, err := json.Marshal(args)
	if err != nil {
		return nil, fmt.Errorf("encode arguments: %w", err)
	}
	if len(raw) > argsLimit {
		return nil, fmt.Errorf("arguments of %d bytes exceed %d", len(raw), argsLimit)
	}
	meta, err := carry(ctx, o.Delay)
	if err != nil {
		return nil, err
	}
	opts := &river.InsertOpts{MaxAttempts: o.MaxAttempts, Metadata: meta, Queue: c.queueOf(moduleName)}
	if o.Delay > 0 {
		opts.ScheduledAt = time.Now().Add(o.Delay)
	}
	if o.Unique != "" {
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: unfinished()}
	}
	return []river.InsertManyParams{{
		Args: moduleArgs{Module: moduleName, Name: kind, Unique: o.Unique, Args: raw}, InsertOpts: opts,
	}}, nil
}
