package jobs_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/internal/dev/linedev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// logged is a log that may be read while it is being written.
type logged struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(b)
}

// lines returns the messages, from level up, that contain text.
func (l *logged) lines(t *testing.T, level slog.Level, text string) (all []string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.out.String()) {
		var x struct {
			Level slog.Level
			Msg   string
		}
		require.NoError(t, json.Unmarshal([]byte(line), &x), line)
		if x.Level >= level && strings.Contains(x.Msg, text) {
			all = append(all, x.Msg)
		}
	}
	return all
}

// breakable is a database, and how to make it refuse writes and accept them again.
type breakable struct {
	db         config.Database
	failures   int // failed fetches to wait for
	stop, goOn func(t *testing.T)
}

func TestQueue_of_a_database_that_takes_no_writes_says_so_once(t *testing.T) {
	for name, made := range map[string]func(t *testing.T) breakable{
		"PostgreSQL that only reads":           readOnly,
		"PostgreSQL that cannot be reached":    unreachable,
		"SQLite that another program locks up": lockedUp,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, log := made(t), &logged{}
			l := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			s, err := store.Open(t.Context(), x.db, store.WithLog(l))
			require.NoError(t, err)
			t.Cleanup(s.Close)
			require.NoError(t, s.Migrate(t.Context()))
			got, apart := make(chan string, 8), atomic.Bool{}
			c := client(t, s, defaults(), runner{work: func(_ context.Context, _ string, j module.Job) error {
				got <- j.Kind
				return nil
			}}, l, jobs.WithQueue("apart", 2), jobs.While(func(string) bool { return apart.Load() }))
			require.NoError(t, c.Start(t.Context()))
			require.NoError(t, c.Enqueue(t.Context(), "m", "before", nil, module.JobOptions{}))
			require.Equal(t, "before", next(t, got))
			for round := 1; round <= 2; round++ { // it happens again
				failed := len(log.lines(t, slog.LevelDebug, "Error fetching jobs"))
				x.stop(t)
				apart.Store(true) // a module is switched on at just that time
				c.Refresh()
				require.Eventually(t, func() bool {
					return len(log.lines(t, slog.LevelDebug, "not as its switch says")) > 0 &&
						len(log.lines(t, slog.LevelDebug, "Error fetching jobs")) >= failed+x.failures &&
						len(log.lines(t, slog.LevelInfo, "takes no writes")) == round
				}, patience, 10*time.Millisecond)
				x.goOn(t)
				require.Eventually(t, func() bool {
					return len(log.lines(t, slog.LevelInfo, "takes writes again")) == round
				}, patience, 10*time.Millisecond)
				require.NoError(t, c.Enqueue(t.Context(), "m", "after", nil, module.JobOptions{}))
				require.Equal(t, "after", next(t, got))
				var want []string
				for range round {
					want = append(want, "the database takes no writes", "the database takes writes again")
				}
				require.Equal(t, want, log.lines(t, slog.LevelInfo, ""))
			}
		})
	}
}

func readOnly(t *testing.T) breakable {
	address := pgdev.New(t)
	admin, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	set := func(on string) func(t *testing.T) {
		return func(t *testing.T) {
			_, err := admin.Exec(t.Context(), `SET default_transaction_read_only = off;
				DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = `+on+`', current_database()); END $$`)
			require.NoError(t, err)
			_, err = admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid()`)
			require.NoError(t, err)
		}
	}
	return breakable{config.Database{URL: conf.NewSecret(address), MaxConns: 10, ConnectTimeout: patience}, 6, set("on"), set("off")}
}

func unreachable(t *testing.T) breakable {
	line, address := linedev.NewT(t, pgdev.New(t))
	return breakable{
		config.Database{URL: conf.NewSecret(address), MaxConns: 10, ConnectTimeout: patience}, 6,
		func(*testing.T) { line.Cut() }, func(t *testing.T) { line.Mend(t) },
	}
}

func lockedUp(t *testing.T) breakable {
	db := sqlite(t)
	other, err := sql.Open("sqlite", "file:"+filepath.Join(db.Dir, "foyer.db")+"?_pragma=busy_timeout(60000)")
	require.NoError(t, err)
	t.Cleanup(func() { _ = other.Close() })
	other.SetMaxOpenConns(1)
	exec := func(text string) func(t *testing.T) {
		return func(t *testing.T) {
			_, err := other.ExecContext(t.Context(), text)
			require.NoError(t, err)
		}
	}
	return breakable{db, 2, exec("BEGIN IMMEDIATE"), exec("ROLLBACK")}
}

// Failures for other reasons are reported as always.
func TestQueue_tells_what_fails_while_the_database_takes_writes(t *testing.T) {
	s, log := open(t, postgres(t)), &logged{}
	c := client(t, s, defaults(), runner{}, slog.New(slog.NewJSONHandler(log, nil)))
	require.NoError(t, c.Start(t.Context()))
	_, err := s.PgxPool().Exec(t.Context(), `ALTER TABLE river_job RENAME TO elsewhere`)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(log.lines(t, slog.LevelError, "Error fetching jobs")) > 2 }, patience, 10*time.Millisecond)
	_, err = s.PgxPool().Exec(t.Context(), `ALTER TABLE elsewhere RENAME TO river_job`)
	require.NoError(t, err)
}
