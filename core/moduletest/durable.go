package moduletest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"foyer/core/host"

	"foyer/core/catalog"
	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/events"
	"foyer/core/jobs"
	"foyer/core/recordings"
	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
	"foyer/sdk/objectstore"
)

// durable is what a gateway does later: jobs, events and, with them, recordings.
// It is for modules that need one of these.
type durable struct {
	jobs   *jobs.Client
	events *events.Bus
	live   *livekit.Client
}

// needsDurable reports whether the module needs any of it.
func needsDurable(n module.Needs) bool { return n.Jobs || n.Recordings || n.Documents }

// openDurable adds the services to those of the module's host.
func openDurable(ctx context.Context, s *store.Store, c *catalog.Catalog, name string, to *host.Services, cfg config.Recordings, log *slog.Logger) (*durable, error) {
	if cfg.OutputFolder == "" {
		cfg = config.Default().Recordings
	}
	lk := module.LiveKit{}
	if to.LiveKit != nil {
		lk = *to.LiveKit
	}
	d := &durable{live: livekit.NewClient(lk)}
	var err error
	if d.jobs, err = jobs.New(s, config.Default().Jobs, c, log, jobs.WithQueue(name, config.Default().Jobs.Workers), jobs.While(c.Works)); err != nil {
		return nil, err
	}
	if err := d.jobs.Migrate(ctx); err != nil {
		return nil, fmt.Errorf("migrate the job queue: %w", err)
	}
	d.events = events.New(s, d.jobs, c)
	s.Tell(d.events)
	files, err := objectstore.New(*to.Storage)
	if err != nil {
		return nil, err
	}
	kept := documents.New(s, d.jobs, d.events)
	to.Jobs, to.Documents = d.jobs, kept
	to.Recordings = recordings.New(recordings.Options{Recordings: cfg, Store: s, Then: kept, Files: files})
	to.Metadata = livekit.NewMetadata(d.live, documents.NewValues(s).For("core.metadata"))
	return d, nil
}

func (d *durable) start(ctx context.Context) error {
	if d == nil {
		return nil
	}
	return d.jobs.Start(ctx)
}

func (d *durable) stop(ctx context.Context) error {
	if d == nil {
		return nil
	}
	d.live.Close()
	return d.jobs.Stop(ctx)
}

// Emit accepts an event as the webhook receiver does: stored once by its id, and
// then delivered. The module must need jobs or recordings.
func (g *Gateway) Emit(ctx context.Context, e module.Event) error {
	if g.durable == nil {
		return errors.New("the module needs neither jobs nor recordings")
	}
	return g.durable.events.Accept(ctx, e)
}
