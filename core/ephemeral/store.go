package ephemeral

import (
	"context"
	"log/slog"
	"time"

	"foyer/core/config"
)

// Options are what Open needs.
type Options struct {
	Redis config.Redis           // without URL and Sentinels everything is in memory
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
	if !o.Redis.Client().Used() {
		return &Store{Throttle: local, Values: NewValues(time.Now), Queues: NewQueues(time.Now)}, nil
	}
	s, err := newServer(o.Redis, o.Log)
	if err != nil {
		return nil, err
	}
	return &Store{
		Throttle: redisThrottle{server: s, rates: o.Rates, fallback: local},
		Values:   redisValues{s}, Queues: redisQueues{s}, server: s,
	}, nil
}

// Check tells whether Redis can be used, by writing to it; memory always can.
func (s *Store) Check(ctx context.Context) error {
	if s.server == nil {
		return nil
	}
	_, err := run(ctx, s.server, "write", func(ctx context.Context) (any, error) { return nil, s.server.write(ctx) })
	return err
}

// Close ends the connections.
func (s *Store) Close() error {
	if s.server == nil {
		return nil
	}
	return s.server.client.Close()
}
