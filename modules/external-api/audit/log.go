package audit

import (
	"context"
	"fmt"
	"time"

	"foyer/modules/external-api/gather"
	"foyer/sdk/module"
)

// Recorder stores entries; module.Applications implements it.
type Recorder interface {
	Record(ctx context.Context, entries ...module.AuditEntry) error
}

// Log is the audit log. Entries of concurrent requests are stored together.
type Log struct {
	batch *gather.Batch[module.AuditEntry]
}

// New returns a log that writes to r.
func New(r Recorder) *Log {
	return &Log{gather.NewBatch(func(ctx context.Context, items []module.AuditEntry) error { return r.Record(ctx, items...) })}
}

// Record stores entries before it returns, filling in the request's time, address and id
// where an entry has none.
func (l *Log) Record(ctx context.Context, entries ...module.AuditEntry) error {
	for _, e := range entries {
		if e.At.IsZero() {
			e.At = time.Now()
		}
		if e.Address == "" {
			e.Address = module.CallerFrom(ctx).Address
		}
		if e.RequestID == "" {
			e.RequestID = module.RequestID(ctx)
		}
		if err := l.batch.Add(ctx, e); err != nil {
			return fmt.Errorf("write to the audit log: %w", err)
		}
	}
	return nil
}
