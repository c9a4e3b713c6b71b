package ephemeral_test

import (
	"context"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/internal/dev/redisdev"
	"foyer/sdk/conf"
)

// refused tries everything repeatedly, as requests do, and requires that nothing is
// usable.
func refused(t *testing.T, s *ephemeral.Store) {
	t.Helper()
	for range 3 {
		for name, call := range calls(s) {
			require.Error(t, call(t.Context()), name)
			require.ErrorIs(t, s.Check(t.Context()), ephemeral.ErrUnavailable, name)
		}
		time.Sleep(250 * time.Millisecond) // after the pause the next call tries again
	}
}

func back(t *testing.T, s *ephemeral.Store) {
	t.Helper()
	require.Eventually(t, func() bool { return s.Check(t.Context()) == nil }, waitLong, waitShort)
	for name, call := range calls(s) {
		require.NotErrorIs(t, call(t.Context()), ephemeral.ErrUnavailable, name)
	}
}

// These servers answer PING, and most of them reads, but store nothing.
func TestRedis_that_takes_no_writes_is_unusable_and_told_once(t *testing.T) {
	r := redisdev.RealT(t)
	admin := r.Client()
	defer admin.Close()
	set := func(args ...any) func() error {
		return func() error { return admin.Do(context.Background(), args...).Err() }
	}
	cases := map[string]struct {
		begin, end func() error
		says       string
	}{
		"a read-only replica": {
			set("REPLICAOF", "127.0.0.1", "1"), set("REPLICAOF", "NO", "ONE"), "redis.sentinel_master",
		},
		"a master without the replicas that it must have": {
			set("CONFIG", "SET", "min-replicas-to-write", "1"), set("CONFIG", "SET", "min-replicas-to-write", "0"), "NOREPLICAS",
		},
		"a server whose memory is full": {
			set("CONFIG", "SET", "maxmemory", "1"), set("CONFIG", "SET", "maxmemory", "0"), "OOM",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			log := &lines{}
			s := open(t, redisAt(t, r), nil, slog.New(slog.NewTextHandler(log, nil)))
			back(t, s)
			for range 2 { // it happens again
				require.NoError(t, c.begin())
				require.NoError(t, admin.Ping(t.Context()).Err())
				require.Error(t, s.Check(t.Context()), "found out by a check alone")
				refused(t, s)
				require.NoError(t, c.end())
				back(t, s)
			}
			require.Equal(t, 2, log.count("redis cannot be used"), "one line a change: %s", log.text())
			require.Equal(t, 2, log.count("redis answers again"))
			require.Contains(t, log.text(), c.says)
		})
	}
}

// A server that is reading its file answers every call with LOADING.
func TestRedis_that_loads_is_unusable_until_it_has_loaded(t *testing.T) {
	r, log := redisdev.WithT(t, redisdev.Options{Args: []string{"--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024"}}), &lines{} // microseconds
	admin := r.Client()
	defer admin.Close()
	for i := range 2500 {
		require.NoError(t, admin.Set(t.Context(), "k"+strconv.Itoa(i), "v", 0).Err())
	}
	s := open(t, redisAt(t, r), nil, slog.New(slog.NewTextHandler(log, nil)))
	back(t, s)
	require.NoError(t, admin.Save(t.Context()).Err())
	require.NoError(t, r.Kill())
	require.NoError(t, r.Start())
	require.ErrorContains(t, s.Check(t.Context()), "LOADING")
	refused(t, s)
	back(t, s)
	require.Equal(t, 1, log.count("redis cannot be used"), log.text())
	require.Equal(t, 1, log.count("redis answers again"))
}

func TestRedis_that_is_a_Sentinel_is_unusable_and_the_log_names_the_setting(t *testing.T) {
	w, log := redisdev.WatchedT(t, redisdev.Options{}), &lines{}
	for _, database := range []string{"/0", "/1"} {
		address := "redis://:" + redisdev.SentinelPassword + "@" + w.Addresses()[0] + database
		s := open(t, config.Redis{URL: conf.NewSecret(address), KeyPrefix: "k", Timeout: 10 * time.Second, PoolSize: 2}, nil,
			slog.New(slog.NewTextHandler(log, nil)))
		require.ErrorContains(t, s.Check(t.Context()), "set redis.sentinel_master")
		refused(t, s)
	}
	require.Equal(t, 2, log.count("redis cannot be used"), log.text())
	require.Zero(t, log.count(redisdev.SentinelPassword))
}

// What another program stored under one of our keys concerns only that key.
func TestRedis_with_one_foreign_key_is_usable_and_nothing_is_logged(t *testing.T) {
	r, log := redisdev.RealT(t), &lines{}
	cfg := redisAt(t, r)
	s := open(t, cfg, nil, slog.New(slog.NewTextHandler(log, nil)))
	admin := r.Client()
	defer admin.Close()
	require.NoError(t, admin.LPush(t.Context(), cfg.KeyPrefix+":value:a:foreign", "x").Err())
	for range 3 {
		_, err := s.Values.Get(t.Context(), "a", "foreign")
		require.ErrorIs(t, err, ephemeral.ErrUnavailable)
		require.NoError(t, s.Values.Put(t.Context(), "a", "k", []byte("v"), time.Hour), "the others go on")
	}
	require.Empty(t, log.text())
}
