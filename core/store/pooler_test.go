package store_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/pgbouncerdev"
	"foyer/sdk/conf"
)

// behind puts a pooler in front of a fresh database.
func behind(t *testing.T, mode string, settings ...string) config.Database {
	cfg := postgres(t)
	cfg.URL = conf.NewSecret(pgbouncerdev.New(t, cfg.URL.Reveal(), append(settings, "pool_mode = "+mode)...))
	return cfg
}

func TestOpen_looks_whether_a_pooler_shares_connections(t *testing.T) {
	direct, transaction, session := postgres(t), behind(t, "transaction"), behind(t, "session")
	for name, c := range map[string]struct {
		cfg    config.Database
		mode   string
		shares bool
	}{
		"none":                               {direct, config.PoolAuto, false},
		"none, by default":                   {direct, "", false},
		"none, although it was said":         {direct, config.PoolTransaction, true},
		"one":                                {transaction, config.PoolAuto, true},
		"one, as it was said":                {transaction, config.PoolTransaction, true},
		"one that may share, for all we see": {session, config.PoolAuto, true},
		"one that does not":                  {session, config.PoolSession, false},
	} {
		t.Run(name, func(t *testing.T) {
			c.cfg.PoolMode = c.mode
			s := open(t, c.cfg)
			require.Equal(t, c.shares, s.SharesConnections())
			require.NoError(t, s.Migrate(t.Context()))
		})
	}
	require.False(t, open(t, sqlite(t)).SharesConnections())
}

func TestOpen_tells_what_to_do_about_a_pooler(t *testing.T) {
	cfg := behind(t, "transaction", "default_pool_size = 1")
	cfg.PoolMode = config.PoolSession
	open(t, cfg) // leaves a statement on the connection that all share
	_, err := store.Open(t.Context(), cfg)
	require.ErrorContains(t, err, "set database.pool_mode to transaction")
	require.ErrorContains(t, err, "42P05")

	_, err = store.Open(t.Context(), within(behind(t, "transaction"), "search_path=foyer"))
	require.ErrorContains(t, err, "unsupported startup parameter: search_path")
	require.ErrorContains(t, err, "ALTER ROLE")
}

// A later failure says so once, however often it is passed on.
func TestQueries_tell_once_what_to_do_about_a_pooler(t *testing.T) {
	cfg := postgres(t)
	require.NoError(t, open(t, cfg).Migrate(t.Context()))
	cfg.URL = conf.NewSecret(pgbouncerdev.New(t, cfg.URL.Reveal(), "default_pool_size = 1"))
	cfg.PoolMode = config.PoolSession
	a := open(t, cfg)
	_, err := a.UserBySub(t.Context(), "ada")
	require.ErrorIs(t, err, store.ErrNotFound)
	run(t, cfg, `DEALLOCATE ALL`) // as a new connection behind the pooler would be
	err = a.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.UserBySub(t.Context(), "ada")
		return err
	})
	require.ErrorContains(t, err, "26000")
	require.Equal(t, 1, strings.Count(err.Error(), "database.pool_mode"), err.Error())
}

// advisory are the advisory locks in pg_locks of this database: others may share its
// server.
const advisory = `locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

func TestMigrate_leaves_no_lock_with_a_pooler(t *testing.T) {
	cfg := pgBouncer(t)
	require.NoError(t, open(t, cfg).Migrate(t.Context()))
	require.Equal(t, []string{"0"}, collect(t, connect(t, cfg), `SELECT COUNT(*)::text FROM pg_locks WHERE `+advisory))
}

// safeBuffer may be read while others write to it.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestMigrate_that_waits_says_for_whom(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			cfg, log := engine(t), &safeBuffer{}
			s, err := store.Open(t.Context(), cfg, store.WithLog(slog.New(slog.NewTextHandler(log, nil))))
			require.NoError(t, err)
			t.Cleanup(s.Close)
			holdLock(t, cfg)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- s.Migrate(ctx) }()
			require.Eventually(t, func() bool {
				return strings.Contains(log.String(), "waiting for another process that migrates the database")
			}, time.Minute, 10*time.Millisecond)
			if cfg.URL.IsZero() {
				require.Contains(t, log.String(), "foyer.db.lock")
				cancel()
				require.ErrorIs(t, <-ended, context.Canceled)
				return
			}
			defer cancel()
			pid := collect(t, connect(t, cfg), `SELECT pid::text FROM pg_locks WHERE `+advisory+` AND granted`)
			require.Len(t, pid, 1)
			require.Contains(t, log.String(), " pid="+pid[0]+" ")
			require.Contains(t, log.String(), "pg_terminate_backend("+pid[0]+")")
			run(t, cfg, "SELECT pg_terminate_backend("+pid[0]+")") // as the message says
			require.NoError(t, <-ended)
			require.NoError(t, s.Check(t.Context()))
		})
	}
}
