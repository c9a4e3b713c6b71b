package core

import (
	"context"
	"log/slog"

	"foyer/core/config"
	"foyer/core/events"
	"foyer/core/jobs"
	"foyer/core/store"
)

// Desk is what the commands of operators work with: the database and the queue,
// beside gateways that run or without one. It runs no jobs.
type Desk struct {
	Store *store.Store
	Jobs  *jobs.Client
}

// OpenDesk connects to the database of cfg, which has to be at this program's
// version. The desk is to be closed.
func OpenDesk(ctx context.Context, cfg *config.Config, log *slog.Logger) (*Desk, error) {
	s, err := store.Open(ctx, cfg.Database)
	if err != nil {
		return nil, err
	}
	d := &Desk{Store: s}
	if err = check(ctx, s, cfg, log); err == nil {
		d.Jobs, err = jobs.New(s, cfg.Jobs, nil, log)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	s.Tell(events.New(s, d.Jobs, events.Outside{}))
	return d, nil
}

// Close lets go of the database.
func (d *Desk) Close() { d.Store.Close() }
