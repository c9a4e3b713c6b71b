package migrated_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
)

func postgres(t *testing.T) config.Database {
	return config.Database{URL: conf.NewSecret(migrated.PostgresT(t)), MaxConns: 4, ConnectTimeout: time.Minute}
}

// foreign is a server that somebody else runs, and that keeps nothing of ours.
func foreign(t *testing.T) config.Database {
	t.Setenv(pgdev.Variable, pgdev.New(t))
	t.Setenv(migrated.Template, "")
	return postgres(t)
}

func sqlite(t *testing.T) config.Database {
	return config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: time.Minute}
}

func TestMigrated_databases_lack_nothing_and_are_apart(t *testing.T) {
	for name, fresh := range map[string]func(*testing.T) config.Database{"PostgreSQL": postgres, "a foreign PostgreSQL": foreign, "SQLite": sqlite} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				s, err := store.Open(t.Context(), fresh(t))
				require.NoError(t, err)
				t.Cleanup(s.Close)
				require.NoError(t, s.Check(t.Context()))
				queue, err := jobs.New(s, config.Jobs{Workers: 1, MaxAttempts: 1, Timeout: time.Minute}, nil, slog.New(slog.DiscardHandler))
				require.NoError(t, err)
				require.NoError(t, queue.Check(t.Context()))
				require.NoError(t, s.KVPut(t.Context(), "mine", "key", []byte(`1`), nil))
				all, err := s.CreateUser(t.Context(), store.User{Sub: new("ada"), IsActive: true})
				require.NoError(t, err, "nobody else's ada is here")
				require.NotZero(t, all.ID)
			}
		})
	}
}

func BenchmarkMigrated(b *testing.B) {
	b.Run("PostgreSQL, copied", func(b *testing.B) {
		migrated.PostgresT(b)
		for b.Loop() {
			migrated.PostgresT(b)
		}
	})
	b.Run("PostgreSQL, migrated", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, migrated.Postgres(b.Context(), pgdev.New(b)))
		}
	})
	b.Run("SQLite, copied", func(b *testing.B) {
		for b.Loop() {
			migrated.SQLiteT(b)
		}
	})
	b.Run("SQLite, migrated", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, migrated.SQLite(b.Context(), b.TempDir()))
		}
	})
}
