package events

import (
	"context"
	"fmt"

	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/sdk/module"
)

// Listeners knows who listens; topics.Registry is one.
type Listeners interface {
	// For names the topics, and the modules that are switched on, that listen to
	// the event.
	For(event string) []string
}

// Bus accepts events.
type Bus struct {
	store     *store.Store
	jobs      *jobs.Client
	listeners Listeners
}

// New returns a bus that stores in s and delivers through j.
func New(s *store.Store, j *jobs.Client, l Listeners) *Bus {
	return &Bus{store: s, jobs: j, listeners: l}
}

// Accept stores the event by its id, together with one delivery for each module
// that listens now, in one transaction. An event that is already stored changes
// nothing: the sender may repeat it, even simultaneously and to several replicas.
func (b *Bus) Accept(ctx context.Context, e module.Event) error {
	err := b.store.InTx(ctx, func(tx *store.Tx) error { return b.AcceptTx(ctx, tx, e) })
	if err != nil {
		return fmt.Errorf("accept event %s (%s): %w", e.ID, e.Name, err)
	}
	return nil
}

// Wanted reports whether a module or topic listens to the event now.
func (b *Bus) Wanted(event string) bool { return len(b.listeners.For(event)) > 0 }

// AcceptTx is Accept in the caller's transaction: the event has happened once
// that commits.
func (b *Bus) AcceptTx(ctx context.Context, tx *store.Tx, e module.Event) error {
	added, err := tx.AddEvent(ctx, store.Event{ID: e.ID, Name: e.Name, Room: e.Room, ReceivedAt: e.At, Body: e.Body})
	if err != nil || !added {
		return err
	}
	return b.jobs.DeliverTx(ctx, tx, e.ID, b.listeners.For(e.Name)...)
}
