package jobs_test

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/pgbouncerdev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	// The PostgreSQL server lives as long as the tests do.
	goleak.VerifyTestMain(m)
}

// patience is how long a test waits for what has to happen.
const patience = 60 * time.Second

// onBoth runs the test on SQLite, and on PostgreSQL with and without a pooler in front, at
// the same time: it mostly waits. It returns once all have ended.
func onBoth(t *testing.T, test func(t *testing.T, db config.Database)) {
	t.Run("on", func(t *testing.T) {
		for name, engine := range map[string]func(*testing.T) config.Database{"sqlite": sqlite, "postgres": postgres, "pgbouncer": pgBouncer} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, engine(t))
			})
		}
	})
}

// onEmpty is onBoth for databases without any tables.
func onEmpty(t *testing.T, test func(t *testing.T, db config.Database)) {
	lite, shared := sqlite(t), postgres(t)
	lite.Dir, shared.URL = t.TempDir(), conf.NewSecret(pgdev.New(t))
	t.Run("sqlite", func(t *testing.T) { test(t, lite) })
	t.Run("postgres", func(t *testing.T) { test(t, shared) })
	t.Run("pgbouncer", func(t *testing.T) {
		pooled := shared
		pooled.URL = conf.NewSecret(pgbouncerdev.New(t, pgdev.New(t), "default_pool_size = 5"))
		test(t, pooled)
	})
}

// sqlite returns a fresh database for this process.
func sqlite(t *testing.T) config.Database {
	return config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: patience}
}

// postgres returns a fresh database that replicas may share.
func postgres(t *testing.T) config.Database {
	return config.Database{URL: conf.NewSecret(migrated.PostgresT(t)), MaxConns: 10, ConnectTimeout: patience}
}

// pgBouncer is postgres behind a pooler that may use a different connection for each
// transaction.
func pgBouncer(t *testing.T) config.Database {
	db := postgres(t)
	db.URL = conf.NewSecret(pgbouncerdev.New(t, db.URL.Reveal(), "default_pool_size = 5"))
	return db
}

func open(t testing.TB, db config.Database) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), db)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Migrate(context.Background()))
	return s
}

func defaults() config.Jobs { return config.Jobs{Workers: 10, MaxAttempts: 25, Timeout: time.Minute} }

// runner is a Runner made of two functions.
type runner struct {
	work    func(ctx context.Context, moduleName string, j module.Job) error
	deliver func(ctx context.Context, moduleName string, e module.Event) error
}

func (r runner) Work(ctx context.Context, moduleName string, j module.Job) error {
	return r.work(ctx, moduleName, j)
}

func (r runner) Deliver(ctx context.Context, moduleName string, e module.Event) error {
	return r.deliver(ctx, moduleName, e)
}

// client returns a migrated client that has not been started; it is stopped with the
// test.
func client(t testing.TB, s *store.Store, cfg config.Jobs, r jobs.Runner, log *slog.Logger, opts ...jobs.Option) *jobs.Client {
	t.Helper()
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c, err := jobs.New(s, cfg, r, log, opts...)
	require.NoError(t, err)
	require.NoError(t, c.Migrate(context.Background()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		require.NoError(t, c.Stop(ctx))
	})
	return c
}

// next returns the next value from ch, or fails the test.
func next[T any](t testing.TB, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		require.FailNow(t, "nothing came in time")
		panic("unreachable")
	}
}

// none fails the test if ch has a value.
func none[T any](t testing.TB, ch <-chan T) {
	t.Helper()
	select {
	case v := <-ch:
		require.Failf(t, "unexpected", "%v", v)
	default:
	}
}

// givenUp selects the jobs that have failed for good.
func givenUp(limit int) jobs.Filter {
	return jobs.Filter{States: []jobs.State{jobs.GivenUp}, Limit: limit}
}
