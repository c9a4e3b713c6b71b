package ephemeral

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"foyer/core/config"
)

// Options are what Open needs.
type Options struct {
	Redis config.Redis           // without URL everything is in memory
	Rates map[string]config.Rate // of the throttle, by scope
	Log   *slog.Logger
}

// Store is everything in one form.
type Store struct {
	Throttle Throttle
	Values   Values
	Queues   Queues

	server *server // nil in memory
}

// Open makes the parts. It does not connect: that Redis is away shows in the
// calls, and in Check.
func Open(o Options) (*Store, error) {
	local := NewThrottle(o.Rates, time.Now)
	if o.Redis.URL.IsZero() {
		return &Store{Throttle: local, Values: NewValues(time.Now), Queues: NewQueues(time.Now)}, nil
	}
	s, err := newServer(o.Redis, o.Log)
	if err != nil {
		return nil, fmt.Errorf("redis.url: %w", err)
	}
	return &Store{
		Throttle: redisThrottle{server: s, rates: o.Rates, fallback: local},
		Values:   redisValues{s}, Queues: redisQueues{s}, server: s,
	}, nil
}

// Check tells whether Redis answers; memory always does.
func (s *Store) Check(ctx context.Context) error {
	if s.server == nil {
		return nil
	}
	_, err := run(ctx, s.server, "ping", func(ctx context.Context) (string, error) { return s.server.client.Ping(ctx).Result() })
	return err
}

// Close ends the connections.
func (s *Store) Close() error {
	if s.server == nil {
		return nil
	}
	return s.server.client.Close()
}
