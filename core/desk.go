package core

import (
	"context"
	"fmt"
	"log/slog"

	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/events"
	"foyer/core/jobs"
	"foyer/core/recordings"
	"foyer/core/store"
	"foyer/sdk/objectstore"
)

// Desk is what operators' commands work with: the database and the queue, whether
// or not gateways are running. It runs no jobs.
type Desk struct {
	Store      *store.Store
	Jobs       *jobs.Client
	Recordings *recordings.Service
}

// OpenDesk connects to the database of cfg, which must be at this program's
// version. The caller must close the desk.
func OpenDesk(ctx context.Context, cfg *config.Config, log *slog.Logger) (*Desk, error) {
	files, err := objectstore.New(cfg.Storage.Module())
	if err != nil {
		return nil, fmt.Errorf("%w: storage: %w", ErrUnusable, err)
	}
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
	told := events.New(s, d.Jobs, events.Outside{})
	s.Tell(told)
	d.Recordings = recordings.New(recordings.Options{
		Recordings: cfg.Recordings, Store: s, Then: documents.New(s, d.Jobs, told), Files: files,
	})
	return d, nil
}

// Close releases the database.
func (d *Desk) Close() { d.Store.Close() }
