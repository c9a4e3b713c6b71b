package events

import (
	"context"
	"fmt"

	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/sdk/module"
)

// RelayTopic is the topic that passes on what a program without modules accepted.
const RelayTopic = "core.events"

// Outside are the Listeners of a program without modules, such as operators'
// commands: it does not know who listens, and leaves that to the gateway.
type Outside struct{}

// For names the relay.
func (Outside) For(string) []string { return []string{RelayTopic} }

// Relay is a topic of the gateway. For an event accepted with Outside it stores
// the deliveries to those who listen now.
type Relay struct {
	store     *store.Store
	jobs      *jobs.Client
	listeners Listeners
}

// Relay returns the topic that belongs to the bus.
func (b *Bus) Relay() Relay { return Relay{b.store, b.jobs, b.listeners} }

func (Relay) Name() string { return RelayTopic }

// Events returns none: what comes here was addressed to the relay by name.
func (Relay) Events() []string { return nil }

func (r Relay) Listen(ctx context.Context, e module.Event) error {
	names := r.listeners.For(e.Name)
	if len(names) == 0 {
		return nil
	}
	err := r.store.InTx(ctx, func(tx *store.Tx) error { return r.jobs.DeliverTx(ctx, tx, e.ID, names...) })
	if err != nil {
		return fmt.Errorf("pass event %s (%s) on: %w", e.ID, e.Name, err)
	}
	return nil
}
