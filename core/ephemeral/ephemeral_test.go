package ephemeral_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/core/ephemeral/ephemeraltest"
	"foyer/internal/dev/redisdev"
	"foyer/sdk/conf"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a store for a test.
func open(t *testing.T, cfg config.Redis, rates map[string]config.Rate, log *slog.Logger) *ephemeral.Store {
	t.Helper()
	s, err := ephemeral.Open(ephemeral.Options{Redis: cfg, Rates: rates, Log: log})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// redisAt returns the configuration for a server, with keys of the test's own.
func redisAt(t *testing.T, r *redisdev.Real) config.Redis {
	return config.Redis{URL: conf.NewSecret(r.URL), KeyPrefix: t.Name(), Timeout: 10 * time.Second, PoolSize: 10}
}

func TestStore_in_memory(t *testing.T) {
	ephemeraltest.Run(t, func(t *testing.T, rates map[string]config.Rate) *ephemeral.Store {
		return open(t, config.Redis{}, rates, nil)
	})
}

func TestStore_in_Redis(t *testing.T) {
	r := redisdev.RealT(t)
	ephemeraltest.Run(t, func(t *testing.T, rates map[string]config.Rate) *ephemeral.Store {
		return open(t, redisAt(t, r), rates, slog.New(slog.DiscardHandler))
	})
}
