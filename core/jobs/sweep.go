package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/core/store"
)

// sweeper removes, in batches, one kind of expired rows.
type sweeper struct {
	what string // what it removes, for errors
	// some removes up to limit rows and returns how many.
	some func(ctx context.Context, limit int) (int, error)
}

// pace is how fast sweepers go.
type pace struct {
	all   time.Duration // for all sweepers together; each has its share
	batch time.Duration // for one batch, which may have to wait for a lock
	// brief is how long a batch should take: batches grow and shrink to match.
	brief time.Duration
}

// paceOf returns the pace for an engine. On SQLite other writers wait for a
// batch.
func paceOf(s *store.Store) pace {
	p := pace{all: 10 * time.Minute, batch: 10 * time.Second, brief: 100 * time.Millisecond}
	if s.PgxPool() == nil {
		p.brief = 5 * time.Millisecond
	}
	return p
}

// smallBatch and largeBatch are in rows. A batch that shrank because a large one
// did not finish grows again: most of its time is the commit.
const smallBatch, largeBatch = 50, 1000

// sweep removes everything in the given time, or as much as it can: the next
// clean-up continues from there. A batch that takes too long is retried with
// fewer rows.
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
		select { // leave others as much time as that took
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
