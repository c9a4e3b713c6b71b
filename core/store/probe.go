package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	// probeEvery is how long a probe's answer is valid, for everybody who asks.
	probeEvery = 3 * time.Second
	// probeTime is what a probe may take.
	probeTime = 5 * time.Second
	// probeTurn is how often a caller waiting for another's probe checks whether
	// it has ended.
	probeTurn = 10 * time.Millisecond
	// probeSize is how much a probe writes, in bytes: pages of its own.
	probeSize = 16 << 10
	probeName = "core.probe"
)

// probe remembers whether the engine accepted a write.
type probe struct {
	mu   sync.Mutex
	asks bool
	at   time.Time
	err  error
}

// Writable reports whether the engine takes writes: a standby, a read-only file
// and a full disk still answer reads. It writes a row and removes it once every
// probeEvery, however many ask; those who ask in the meantime get the previous
// answer. A change is logged. The error is that of the write.
func (s *Store) Writable(ctx context.Context) error {
	p := &s.probe
	p.mu.Lock()
	if p.asks || !p.at.IsZero() && time.Since(p.at) < probeEvery {
		defer p.mu.Unlock()
		return p.err
	}
	p.asks = true
	p.mu.Unlock()

	// The caller may leave, which says nothing about the engine.
	return s.look(context.WithoutCancel(ctx))
}

// WritableNow is Writable for a caller whose own statement failed: answers from
// before that do not count.
func (s *Store) WritableNow(ctx context.Context) error {
	p := &s.probe
	for {
		p.mu.Lock()
		if !p.asks {
			break
		}
		p.mu.Unlock()
		select {
		case <-time.After(probeTurn):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.asks = true
	p.mu.Unlock()
	return s.look(ctx)
}

// look does the write, for the caller that has set asks. The end of ctx is not an
// answer.
func (s *Store) look(ctx context.Context) error {
	write, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	err := s.writeOnce(write)

	p := &s.probe
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asks = false
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case err != nil && p.err == nil:
		s.log.ErrorContext(ctx, "the database takes no writes", "error", err)
	case err == nil && p.err != nil:
		s.log.InfoContext(ctx, "the database takes writes again")
	}
	p.at, p.err = time.Now(), err
	return err
}

func (s *Store) writeOnce(ctx context.Context) error {
	err := s.InTx(ctx, func(tx *Tx) error {
		key, soon := uuid.NewString(), time.Now().UTC().Add(time.Hour)
		if err := tx.KVPut(ctx, probeName, key, make([]byte, probeSize), &soon); err != nil {
			return err
		}
		return tx.KVDelete(ctx, probeName, key)
	})
	if err != nil {
		return fmt.Errorf("write to the database: %w", err)
	}
	return nil
}
