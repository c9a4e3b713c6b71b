package ephemeral_test

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/core/redisclient"
	"foyer/internal/dev/redisdev"
	"foyer/sdk/conf"
)

// watched returns the configuration for servers behind Sentinels.
func watched(w *redisdev.Watched, address string) config.Redis {
	return config.Redis{
		URL: conf.NewSecret(address), KeyPrefix: "k", Timeout: time.Second, PoolSize: 10,
		Sentinel: redisclient.Sentinel{
			Master: redisdev.WatchedName, Addresses: w.Addresses(), Password: conf.NewSecret(redisdev.SentinelPassword),
		},
	}
}

func TestSentinels_name_the_next_master_when_one_is_killed(t *testing.T) {
	w, log := redisdev.WatchedT(t, redisdev.Options{}), &lines{}
	s := open(t, watched(w, "redis://:"+redisdev.ServerPassword+"@/1"), nil, slog.New(slog.NewTextHandler(log, nil)))
	require.NoError(t, s.Check(t.Context()))
	_, joined, err := s.Queues.Join(t.Context(), "room", ephemeral.Entry{Key: "guest"}, time.Hour, ephemeral.Limits{All: 10})
	require.NoError(t, err)
	require.True(t, joined)
	replica := w.Servers[1].Client()
	defer replica.Close()
	require.Eventually(t, func() bool { // what has been replicated stays
		size, err := replica.Do(t.Context(), "INFO", "keyspace").Text()
		return err == nil && len(size) > len("# Keyspace\r\n")
	}, waitLong, waitShort)

	require.NoError(t, w.Servers[0].Kill())
	require.Eventually(t, func() bool { return s.Check(t.Context()) != nil }, waitLong, waitShort)
	require.Eventually(t, func() bool { return s.Check(t.Context()) == nil }, time.Minute, waitShort)
	waiting, err := s.Queues.Waiting(t.Context(), "room", 10)
	require.NoError(t, err)
	require.Len(t, waiting, 1, "who waits waits on")
	role, err := replica.Do(t.Context(), "ROLE").Slice()
	require.NoError(t, err)
	require.Equal(t, "master", role[0])
	require.Equal(t, 1, log.count("redis cannot be used"), log.text())
	require.Equal(t, 1, log.count("redis answers again"))
}

// A machine that hangs takes the master with it, along with the Sentinel that was being asked.
func TestSentinels_that_hang_keep_nobody_from_the_others(t *testing.T) {
	w := redisdev.WatchedT(t, redisdev.Options{})
	s := open(t, watched(w, "redis://:"+redisdev.ServerPassword+"@"), nil, slog.New(slog.DiscardHandler))
	require.NoError(t, s.Check(t.Context()))
	asked := func(r *redisdev.Real) bool { // the library listens to the Sentinel that it asks
		c := r.Client()
		defer c.Close()
		list, err := c.ClientList(t.Context()).Result()
		require.NoError(t, err)
		return strings.Contains(list, " sub=2 ")
	}
	frozen := 0
	require.Eventually(t, func() bool {
		for _, r := range w.Sentinels {
			if asked(r) {
				require.NoError(t, r.Freeze())
				frozen++
				return true
			}
		}
		return false
	}, waitLong, waitShort)
	require.NoError(t, w.Servers[0].Freeze())
	require.Eventually(t, func() bool { return s.Check(t.Context()) != nil }, waitLong, waitShort)
	require.Eventually(t, func() bool { return s.Check(t.Context()) == nil }, time.Minute, waitShort)
	require.Equal(t, 1, frozen)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// For a master that no Sentinel knows, the library says "nothing found", just as it does
// for a key.
func TestSentinels_that_do_not_know_the_master_are_an_outage_and_not_an_empty_Redis(t *testing.T) {
	w, log := redisdev.WatchedT(t, redisdev.Options{}), &lines{}
	cfg := watched(w, "redis://:"+redisdev.ServerPassword+"@")
	cfg.Sentinel.Master = "another"
	s := open(t, cfg, nil, slog.New(slog.NewTextHandler(log, nil)))
	_, err := s.Values.Get(t.Context(), "a", "k")
	require.ErrorIs(t, err, ephemeral.ErrUnavailable)
	require.NotErrorIs(t, err, ephemeral.ErrNotFound)
	refused(t, s)
	require.Contains(t, log.text(), "do not know redis.sentinel_master")

	cfg = watched(w, "redis://:"+redisdev.ServerPassword+"@")
	cfg.Sentinel.Password = conf.NewSecret("another")
	s = open(t, cfg, nil, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, s.Check(t.Context()), "WRONGPASS")
}

func TestRedis_over_TLS_is_checked_with_the_given_authority(t *testing.T) {
	files := redisdev.CertificatesT(t)
	secure, err := files.Options()
	require.NoError(t, err)
	r := redisdev.WithT(t, secure)
	cfg := redisAt(t, r)
	cfg.TLS = redisclient.TLS{CA: read(t, files.CA), Certificate: read(t, files.Certificate), Key: conf.NewSecret(read(t, files.Key))}
	s := open(t, cfg, nil, slog.New(slog.DiscardHandler))
	require.NoError(t, s.Check(t.Context()))
	require.NoError(t, s.Values.Put(t.Context(), "a", "k", []byte("v"), time.Hour))

	from := redisAt(t, r) // names the files as the replaced server's variable does
	from.URL = conf.NewSecret(r.URL + "?ssl_ca_certs=" + files.CA + "&ssl_certfile=" + files.Certificate + "&ssl_keyfile=" + files.Key)
	require.NoError(t, open(t, from, nil, slog.New(slog.DiscardHandler)).Check(t.Context()))

	for name, change := range map[string]func(c *config.Redis){
		"of the system": func(c *config.Redis) { c.TLS.CA = "" },
		"of others":     func(c *config.Redis) { c.TLS.CA = read(t, redisdev.CertificatesT(t).CA) },
		"and asked for": func(c *config.Redis) { c.TLS.Certificate, c.TLS.Key = "", conf.Secret{} },
		"a name that is not in the certificate": func(c *config.Redis) {
			c.URL = conf.NewSecret(strings.Replace(r.URL, "127.0.0.1", "localhost", 1))
		},
	} {
		other := cfg
		change(&other)
		log := &lines{}
		bad := open(t, other, nil, slog.New(slog.NewTextHandler(log, nil)))
		require.ErrorIs(t, bad.Check(t.Context()), ephemeral.ErrUnavailable, name)
		require.Equal(t, 1, log.count("redis cannot be used"), name)
	}
}

func TestSentinels_and_servers_over_TLS(t *testing.T) {
	files := redisdev.CertificatesT(t)
	secure, err := files.Options()
	require.NoError(t, err)
	w := redisdev.WatchedT(t, secure)
	cfg := watched(w, "rediss://:"+redisdev.ServerPassword+"@")
	cfg.TLS = redisclient.TLS{CA: read(t, files.CA), Certificate: read(t, files.Certificate), Key: conf.NewSecret(read(t, files.Key))}
	s := open(t, cfg, nil, slog.New(slog.DiscardHandler))
	require.NoError(t, s.Check(t.Context()))
	require.NoError(t, w.Servers[0].Kill())
	require.Eventually(t, func() bool { return s.Check(t.Context()) != nil }, waitLong, waitShort)
	require.Eventually(t, func() bool { return s.Check(t.Context()) == nil }, time.Minute, waitShort)
}
