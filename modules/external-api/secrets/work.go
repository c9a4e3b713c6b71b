package secrets

import (
	"context"
	"fmt"
	"sync"
	"time"

	"foyer/modules/external-api/gather"
)

// workTime is how long the work of a refusal is cached.
const workTime = time.Minute

// work caches what a refusal costs, in rounds.
type work struct {
	mu     sync.Mutex
	rounds int
	until  time.Time
	asks   gather.Group[struct{}, int]
}

// most returns the rounds of the most expensive application.
func (w *work) most(ctx context.Context, d Directory) (int, error) {
	if n, known := w.known(time.Now()); known {
		return n, nil
	}
	return w.asks.Do(ctx, struct{}{}, func(ctx context.Context) (int, error) {
		if n, known := w.known(time.Now()); known {
			return n, nil
		}
		n, err := d.MostRounds(ctx)
		if err != nil {
			return 0, fmt.Errorf("look up the work of a refusal: %w", err)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.rounds, w.until = n, time.Now().Add(workTime)
		return n, nil
	})
}

func (w *work) known(now time.Time) (int, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rounds, now.Before(w.until)
}

// atLeast records an application that costs more than was known.
func (w *work) atLeast(rounds int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rounds = max(w.rounds, rounds)
}

// forget makes the next call look it up again.
func (w *work) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.until = time.Time{}
}
