package recordingdev

import (
	"context"
	"sync/atomic"

	"foyer/modules/recording"
	"foyer/sdk/module"
)

// Counted is the module, counting its look-ups of recordings under way.
type Counted struct {
	*recording.Module
	pages atomic.Int64
}

// New returns a module that has not been started.
func New() *Counted { return &Counted{Module: recording.New().(*recording.Module)} }

// Pages returns how many look-ups there were: statements that read recordings under way.
func (c *Counted) Pages() int { return int(c.pages.Load()) }

func (c *Counted) Start(ctx context.Context, h module.Host) error {
	return c.Module.Start(ctx, host{h, c})
}

type host struct {
	module.Host
	counted *Counted
}

func (h host) Recordings() module.Recordings { return recordings{h.Host.Recordings(), h.counted} }

type recordings struct {
	module.Recordings
	counted *Counted
}

func (r recordings) Pending(ctx context.Context, after module.Recording, limit int) ([]module.Recording, error) {
	r.counted.pages.Add(1)
	return r.Recordings.Pending(ctx, after, limit)
}
