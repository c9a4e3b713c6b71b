package ephemeral

import (
	"context"
	"log/slog"
	"time"

	"foyer/core/config"
)

// Options are what Open needs.
type Options struct {
	Redis config.Redis           // without a URL or Sentinels everything is in memory
	Rates map[string]config.Rate // of the throttle, by scope
	Log   *slog.Logger
}

// Store has all parts, either in memory or in Redis.
type Store struct {
	Throttle Throttle
	Values   Values
	Queues   Queues

	server *server // nil = in memory
}

// Open creates the parts. It does not connect: if Redis is away, the calls and
// Check show it.
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

// Check reports whether Redis can be used, by writing to it; memory always can.
func (s *Store) Check(ctx context.Context) error {
	if s.server == nil {
		return nil
	}
	_, err := run(ctx, s.server, "write", func(ctx context.Context) (any, error) { return nil, s.server.write(ctx) })
	return err
}

// Close closes the connections.
func (s *Store) Close() error {
	if s.server == nil {
		return nil
	}
	return s.server.client.Close()
}
