package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/core/store/storetest"
	ready "foyer/internal/dev/migrated"
	"foyer/internal/dev/pgbouncerdev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
)

// engines are configurations of fresh, empty databases.
var engines = map[string]func(*testing.T) config.Database{
	"SQLite": sqlite, "PostgreSQL": postgres, "PostgreSQL behind PgBouncer": pgBouncer,
}

// filled are engines whose databases have been migrated.
var filled = map[string]func(*testing.T) config.Database{
	"SQLite": func(t *testing.T) config.Database {
		return config.Database{Dir: ready.SQLiteT(t), MaxConns: 4, ConnectTimeout: 10 * time.Second}
	},
	"PostgreSQL": filledPostgres,
	"PostgreSQL behind PgBouncer": func(t *testing.T) config.Database {
		cfg := filledPostgres(t)
		cfg.URL = pooled(t, cfg.URL)
		return cfg
	},
}

func filledPostgres(t *testing.T) config.Database {
	return config.Database{URL: conf.NewSecret(ready.PostgresT(t)), MaxConns: 4, ConnectTimeout: 10 * time.Second}
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
	cfg.URL = pooled(t, cfg.URL)
	return cfg
}

func pooled(t *testing.T, url conf.Secret) conf.Secret {
	t.Helper()
	return conf.NewSecret(pgbouncerdev.New(t, url.Reveal(), "default_pool_size = 3"))
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
	for name, engine := range filled {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) *store.Store { return open(t, engine(t)) })
		})
	}
}
