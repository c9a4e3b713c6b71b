package ephemeral

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"foyer/core/config"
)

// server is the Redis that replicas share.
type server struct {
	client  *redis.Client
	prefix  string
	timeout time.Duration
	log     *slog.Logger
	// failed is when it did not answer, in nanoseconds since 1970; 0 = it did.
	failed atomic.Int64
}

func newServer(cfg config.Redis, log *slog.Logger) (*server, error) {
	o, err := redis.ParseURL(cfg.URL.Reveal())
	if err != nil {
		return nil, errors.New("is not an address such as redis://host:6379/0") // err may show the password
	}
	logging.Disable() // of the library: what goes wrong is told by the calls
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = cfg.Timeout, cfg.Timeout, cfg.Timeout, cfg.Timeout
	o.ContextTimeoutEnabled = true
	o.PoolSize, o.PipelinePoolSize = cfg.PoolSize, -1
	// A call is not sent twice, for it may have had effect. Connections that
	// broke while they were idle are found out before they are used.
	o.MaxRetries, o.DialerRetries = -1, 1
	// Nothing that servers before 6.2, and those that only speak the protocol,
	// do not know.
	if o.Protocol == 0 {
		o.Protocol = 2
	}
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &server{client: redis.NewClient(o), prefix: cfg.KeyPrefix, timeout: cfg.Timeout, log: log}, nil
}

// pause is how long nobody asks again after Redis did not answer, so that a
// server that hangs does not hold up every request for the whole time-out.
const pause = 200 * time.Millisecond

// resting tells whether Redis is not to be asked now. After a pause one caller
// tries.
func (s *server) resting() bool {
	at := s.failed.Load()
	if at == 0 {
		return false
	}
	now := time.Now()
	return now.Sub(time.Unix(0, at)) < pause || !s.failed.CompareAndSwap(at, now.UnixNano())
}

// run asks Redis in limited time. The error is ErrNotFound for nothing,
// ErrUnavailable for everything else: an answer that refuses the call comes
// from a server that starts, fails over, is full or does not know us.
func run[T any](ctx context.Context, s *server, what string, ask func(context.Context) (T, error)) (T, error) {
	if s.resting() {
		var none T
		return none, fmt.Errorf("redis: %s: %w: it did not answer a moment ago", what, ErrUnavailable)
	}
	call, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	v, err := ask(call)
	switch {
	case err == nil, errors.Is(err, redis.Nil):
		if s.failed.Swap(0) != 0 {
			s.log.InfoContext(ctx, "redis answers again")
		}
		if err != nil {
			err = ErrNotFound
		}
	case ctx.Err() != nil: // the caller has left, which tells nothing of Redis
		err = fmt.Errorf("redis: %s: %w: %w", what, ErrUnavailable, ctx.Err())
	default:
		err = fmt.Errorf("redis: %s: %w: %w", what, ErrUnavailable, err)
		if s.failed.Swap(time.Now().UnixNano()) == 0 {
			s.log.WarnContext(ctx, "redis does not answer", "error", err)
		}
	}
	return v, err
}

// milliseconds rounds up, so that a positive time stays one.
func milliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
