package ephemeral

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"foyer/core/config"
	"foyer/core/redisclient"
)

// server is the Redis that replicas share.
type server struct {
	client  *redis.Client
	prefix  string
	timeout time.Duration
	log     *slog.Logger
	// failed is when it last could not be used, in nanoseconds since 1970; 0 = it
	// can be.
	failed atomic.Int64
}

func newServer(cfg config.Redis, log *slog.Logger) (*server, error) {
	client, err := redisclient.New(cfg.Client())
	if err != nil {
		return nil, err
	}
	return &server{client: client, prefix: cfg.KeyPrefix, timeout: cfg.Timeout, log: log}, nil
}

// pause is how long Redis is not asked after it could not be used, so that a
// server that hangs does not hold up every request for the whole time-out.
const pause = 200 * time.Millisecond

// turn reports whether to ask Redis now, and whether that is a try: after a pause
// one caller tries.
func (s *server) turn() (ask, try bool) {
	at := s.failed.Load()
	if at == 0 {
		return true, false
	}
	now := time.Now()
	try = now.Sub(time.Unix(0, at)) >= pause && s.failed.CompareAndSwap(at, now.UnixNano())
	return try, try
}

// write proves that Redis stores something. A read-only replica, a Sentinel, and
// a server whose memory or disk is full still answer PING and reads.
func (s *server) write(ctx context.Context) error {
	return s.client.Do(ctx, "SET", s.prefix+":probe", 1, "PX", milliseconds(time.Minute)).Err()
}

// run asks Redis within a time limit. The error is ErrNotFound if there is
// nothing, ErrUnavailable for everything else: an answer that refuses the call
// comes from a server that is starting, failing over, full, or does not know us.
// Redis counts as back when it takes a write.
func run[T any](ctx context.Context, s *server, what string, ask func(context.Context) (T, error)) (v T, err error) {
	now, try := s.turn()
	if !now {
		return v, fmt.Errorf("redis: %s: %w: it could not be used a moment ago", what, ErrUnavailable)
	}
	call, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if try {
		err = s.write(call)
	}
	if err == nil {
		if try && s.failed.Swap(0) != 0 {
			s.log.InfoContext(ctx, "redis answers again")
		}
		v, err = ask(call)
	}
	switch {
	case err == nil:
		return v, nil
	case err == redis.Nil: //nolint:errorlint // if wrapped, it is from a Sentinel that does not know the master
		return v, ErrNotFound
	case ctx.Err() != nil: // the caller left, which says nothing about Redis
		return v, fmt.Errorf("redis: %s: %w: %w", what, ErrUnavailable, ctx.Err())
	case s.refusesThisOnly(call, err):
		return v, fmt.Errorf("redis: %s: %w: %w", what, ErrUnavailable, err)
	}
	err = fmt.Errorf("redis: %s: %w: %w", what, ErrUnavailable, explained(err))
	if s.failed.Swap(time.Now().UnixNano()) == 0 {
		s.log.WarnContext(ctx, "redis cannot be used", "error", err)
	}
	return v, err
}

// refusesThisOnly distinguishes an answer about one call, such as one about a key
// that another program wrote, from one about the server.
func (s *server) refusesThisOnly(ctx context.Context, err error) bool {
	_, answer := errors.AsType[redis.Error](err)
	return errors.Is(err, errForeign) || answer && s.write(ctx) == nil
}

// explained adds what to do to answers that do not say it.
func explained(err error) error {
	switch {
	case redis.HasErrorPrefix(err, "unknown command"):
		return fmt.Errorf("%w (if this is a Sentinel, set redis.sentinel_master and redis.sentinel_addresses)", err)
	case redis.IsReadOnlyError(err):
		return fmt.Errorf("%w (name the master in redis.url, or let Sentinels name it: redis.sentinel_master)", err)
	case errors.Is(err, redis.Nil):
		return fmt.Errorf("the Sentinels do not know redis.sentinel_master: %w", err)
	}
	return err
}

// milliseconds rounds up, so that a positive time stays positive.
func milliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
