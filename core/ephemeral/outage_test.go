package ephemeral_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/internal/dev/redisdev"
	"foyer/sdk/conf"
)

const (
	waitLong  = 20 * time.Second
	waitShort = 5 * time.Millisecond
)

// lines are log lines that may be read while they are being written.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.buf.String(), text)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// calls returns one call of each kind.
func calls(s *ephemeral.Store) map[string]func(context.Context) error {
	v, q := s.Values, s.Queues
	return map[string]func(context.Context) error{
		"get":    func(ctx context.Context) error { _, err := v.Get(ctx, "a", "k"); return err },
		"put":    func(ctx context.Context) error { return v.Put(ctx, "a", "k", nil, time.Hour) },
		"absent": func(ctx context.Context) error { _, err := v.PutIfAbsent(ctx, "a", "k", nil, time.Hour); return err },
		"take":   func(ctx context.Context) error { _, err := v.Take(ctx, "a", "k"); return err },
		"delete": func(ctx context.Context) error { return v.Delete(ctx, "a", "k") },
		"join": func(ctx context.Context) error {
			_, _, err := q.Join(ctx, "a", ephemeral.Entry{Key: "k"}, time.Hour, ephemeral.Limits{All: 1})
			return err
		},
		"settle":  func(ctx context.Context) error { _, err := q.Settle(ctx, "a", "k", "in", time.Hour); return err },
		"find":    func(ctx context.Context) error { _, err := q.Find(ctx, "a", "k"); return err },
		"waiting": func(ctx context.Context) error { _, err := q.Waiting(ctx, "a", 1); return err },
		"all":     func(ctx context.Context) error { _, err := q.All(ctx, "a"); return err },
		"remove":  func(ctx context.Context) error { return q.Remove(ctx, "a", "k") },
		"clear":   func(ctx context.Context) error { return q.Clear(ctx, "a", time.Time{}) },
		"check":   s.Check,
	}
}

func TestRedis_that_is_stopped_is_told_apart_from_nothing_and_found_again(t *testing.T) {
	r, log := redisdev.RealT(t), &lines{}
	rates := map[string]config.Rate{"a": {Count: 2, Period: 24 * time.Hour}}
	s := open(t, redisAt(t, r), rates, slog.New(slog.NewTextHandler(log, nil)))
	require.NoError(t, s.Values.Put(t.Context(), "a", "k", []byte("v"), time.Hour))
	require.NoError(t, s.Check(t.Context()))
	for range 2 { // it happens again
		require.NoError(t, r.Stop())
		for name, call := range calls(s) {
			if name != "check" {
				require.ErrorIs(t, call(t.Context()), ephemeral.ErrUnavailable, name)
			}
			require.NotErrorIs(t, call(t.Context()), ephemeral.ErrNotFound, name)
			require.Error(t, call(t.Context()), name)
		}
		require.NoError(t, r.Start())
		require.Eventually(t, func() bool { return s.Check(t.Context()) == nil }, waitLong, waitShort)
		require.NoError(t, calls(s)["put"](t.Context()))
	}
	require.Equal(t, 2, log.count("redis cannot be used"), "an outage is told once")
	require.Equal(t, 2, log.count("redis answers again"))
}

func TestThrottle_counts_in_the_process_while_Redis_is_away(t *testing.T) {
	r := redisdev.RealT(t)
	rates := map[string]config.Rate{"a": {Count: 2, Period: 24 * time.Hour}}
	s := open(t, redisAt(t, r), rates, slog.New(slog.DiscardHandler))
	for range 2 {
		wait, err := s.Throttle.Allow(t.Context(), "a", "k")
		require.NoError(t, err)
		require.Zero(t, wait)
	}
	require.NoError(t, r.Stop())
	for i := range 4 {
		wait, err := s.Throttle.Allow(t.Context(), "a", "k")
		require.NoError(t, err)
		require.Equal(t, i >= 2, wait > 0, "the limit holds for this process")
	}
	require.NoError(t, r.Start())
	require.Eventually(t, func() bool { return s.Check(t.Context()) == nil }, waitLong, waitShort)
	wait, err := s.Throttle.Allow(t.Context(), "a", "k")
	require.NoError(t, err)
	require.Zero(t, wait, "Redis counts again, from nothing")
}

// A server that accepts connections but never answers costs no more than the time-out.
func TestRedis_that_hangs_is_left_after_the_timeout(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	cfg := config.Redis{URL: conf.NewSecret("redis://:secret@" + l.Addr().String()), KeyPrefix: "k", Timeout: 20 * time.Millisecond, PoolSize: 2}
	s := open(t, cfg, nil, slog.New(slog.DiscardHandler))
	for name, call := range calls(s) {
		ctx, cancel := context.WithTimeout(t.Context(), waitLong)
		err := call(ctx)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "secret")
		require.NoError(t, ctx.Err(), name)
		cancel()
	}
	require.Eventually(t, func() bool { // once one call has waited, the others do not, for a moment
		require.Error(t, calls(s)["get"](t.Context()))
		return strings.Contains(calls(s)["get"](t.Context()).Error(), "a moment ago")
	}, waitLong, waitShort)
}

func TestOpen_shows_no_password_of_an_address_it_refuses(t *testing.T) {
	for _, address := range []string{"redis://:secret@host:port", "http://:secret@host", "redis://:secret@host/x", ":secret"} {
		_, err := ephemeral.Open(ephemeral.Options{Redis: config.Redis{URL: conf.NewSecret(address)}})
		require.ErrorContains(t, err, "redis.url", address)
		require.NotContains(t, err.Error(), "secret")
	}
}
