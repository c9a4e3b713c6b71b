package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/core/store"
)

// sweeper removes, in batches, one kind of what is over.
type sweeper struct {
	what string // that it removes, for errors
	// some removes limit rows at most, and counts them.
	some func(ctx context.Context, limit int) (int, error)
}

// pace is how sweepers go about it.
type pace struct {
	all   time.Duration // for all sweepers; each has its share
	batch time.Duration // for one batch, which may meet a lock
	// brief is what a batch should take: batches grow and shrink to that.
	brief time.Duration
}

// paceOf is that of an engine. On SQLite others who write wait for a batch.
func paceOf(s *store.Store) pace {
	p := pace{all: 10 * time.Minute, batch: 10 * time.Second, brief: 100 * time.Millisecond}
	if s.PgxPool() == nil {
		p.brief = 5 * time.Millisecond
	}
	return p
}

// smallBatch and largeBatch are in rows. A batch that is smaller, because a large
// one did not end, grows again: most of what it takes is the commit.
const smallBatch, largeBatch = 50, 1000

// sweep removes all of it in the given time, or else as much as it can: the next
// clean-up goes on there. A batch that takes too long is tried again with fewer
// rows.
func (s sweeper) sweep(ctx context.Context, p pace, stopping <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, p.all)
	defer cancel()
	for limit := smallBatch; ; {
		begin := time.Now()
		n, err := s.batch(ctx, limit, p.batch)
		took := time.Since(begin)
		switch {
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && limit > 1:
			limit = max(limit/4, 1)
			continue
		case err != nil:
			return fmt.Errorf("remove %s: %w", s.what, err)
		case n < limit:
			return nil
		case took <= p.brief:
			limit = min(limit*2, largeBatch)
		case limit > smallBatch:
			limit = max(limit/2, smallBatch)
		}
		select { // as long as that took belongs to others
		case <-time.After(took):
		case <-stopping:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("remove %s: not done in time, the next clean-up goes on: %w", s.what, ctx.Err())
		}
	}
}

func (s sweeper) batch(ctx context.Context, limit int, patience time.Duration) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.some(ctx, limit)
}
