package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/core/store/storetest"
	"foyer/internal/dev/pgbouncerdev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
)

// engines are configurations of fresh, empty databases.
var engines = map[string]func(*testing.T) config.Database{
	"SQLite": sqlite, "PostgreSQL": postgres, "PostgreSQL behind PgBouncer": pgBouncer,
}

func sqlite(t *testing.T) config.Database {
	return config.Database{Dir: t.TempDir(), MaxConns: 4, ConnectTimeout: 10 * time.Second}
}

func postgres(t *testing.T) config.Database {
	return config.Database{URL: conf.NewSecret(pgdev.New(t)), MaxConns: 4, ConnectTimeout: 10 * time.Second}
}

// pgBouncer may use a different connection for each transaction.
func pgBouncer(t *testing.T) config.Database {
	cfg := postgres(t)
	cfg.URL = conf.NewSecret(pgbouncerdev.New(t, cfg.URL.Reveal(), "default_pool_size = 3"))
	return cfg
}

// open connects without migrating.
func open(t *testing.T, cfg config.Database) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), cfg)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func TestStore(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) *store.Store {
				s := open(t, engine(t))
				require.NoError(t, s.Migrate(t.Context()))
				return s
			})
		})
	}
}
