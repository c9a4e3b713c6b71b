package events

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	group     *group
}

// New returns a bus that stores in s and delivers through j.
func New(s *store.Store, j *jobs.Client, l Listeners) *Bus {
	b := &Bus{store: s, jobs: j, listeners: l}
	b.group = &group{store: b.storeAll}
	return b
}

// Accept stores the event by its id, together with one delivery for each module
// that listens now, in one transaction. An event that is already stored changes
// nothing: the sender may repeat it, even simultaneously and to several replicas.
// Events that arrive while others are being stored are stored together; each caller
// returns once its own is.
func (b *Bus) Accept(ctx context.Context, e module.Event) error {
	if err := b.group.add(ctx, e); err != nil {
		return fmt.Errorf("accept event %s (%s): %w", e.ID, e.Name, err)
	}
	return nil
}

// storeAll stores events and their deliveries, all or none of them. Events that nobody
// listens to need no transaction of several statements.
func (b *Bus) storeAll(ctx context.Context, list []*waiter) error {
	// Replicas that are sent the same events lock them in one order.
	list = slices.SortedFunc(slices.Values(list), func(x, y *waiter) int { return strings.Compare(x.event.ID, y.event.ID) })
	rows, heard := make([]store.Event, len(list)), make(map[string]jobs.Delivery, len(list))
	for i, w := range list {
		e := w.event
		rows[i] = store.Event{ID: e.ID, Name: e.Name, Room: e.Room, ReceivedAt: e.At, Body: e.Body}
		if names := b.listeners.For(e.Name); len(names) > 0 {
			heard[e.ID] = jobs.Delivery{Trace: w.ctx, EventID: e.ID, Modules: names}
		}
	}
	if len(heard) == 0 {
		_, err := b.store.AddEvents(ctx, rows...)
		return err
	}
	return b.store.InTx(ctx, func(tx *store.Tx) error {
		added, err := tx.AddEvents(ctx, rows...)
		if err != nil {
			return err
		}
		var deliveries []jobs.Delivery
		for _, row := range rows {
			if d, wanted := heard[row.ID]; wanted && added[row.ID] {
				deliveries = append(deliveries, d)
				delete(heard, row.ID) // the same event twice in one list is delivered once
			}
		}
		return b.jobs.DeliverAllTx(ctx, tx, deliveries...)
	})
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
