package auth

import (
	"context"
	"sync"
	"time"
)

// failureRest is how long a failure is repeated to callers instead of asking the
// provider again.
const failureRest = time.Second

// held is something of the provider's that is fetched once for all who ask at the
// same time, and kept.
type held[T any] struct {
	fetch func(context.Context) (T, error) // outlives the request that needs it first

	mu     sync.Mutex
	value  T
	good   time.Time // when value was fetched; zero = never
	err    error     // of the last try
	tried  time.Time // when that attempt ended
	flight chan struct{}
}

// get returns the value if it was fetched within age, else fetches it. An error
// comes with the last value there was.
func (h *held[T]) get(ctx context.Context, age time.Duration) (T, error) {
	h.mu.Lock()
	now := time.Now()
	switch {
	case !h.good.IsZero() && now.Sub(h.good) < age:
		defer h.mu.Unlock()
		return h.value, nil
	case h.err != nil && now.Sub(h.tried) < failureRest:
		defer h.mu.Unlock()
		return h.value, h.err
	}
	if h.flight == nil {
		h.flight = make(chan struct{})
		go h.fly(context.WithoutCancel(ctx))
	}
	flight := h.flight
	h.mu.Unlock()
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case <-flight:
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.value, h.err
}

func (h *held[T]) fly(ctx context.Context) {
	value, err := h.fetch(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.err, h.tried = err, time.Now()
	if err == nil {
		h.value, h.good = value, h.tried
	}
	close(h.flight)
	h.flight = nil
}
