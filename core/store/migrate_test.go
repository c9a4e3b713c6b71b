package store_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

func TestMigrate_makes_an_empty_database_and_a_second_time_nothing(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			cfg := engine(t)
			s := open(t, cfg)
			require.ErrorContains(t, s.Check(t.Context()), "run 'gateway migrate'")
			require.NoError(t, s.Migrate(t.Context()))
			require.NoError(t, s.Check(t.Context()))
			print := fingerprint
			if s.PgxPool() == nil {
				print = liteFingerprint
			}
			before := print(t, cfg)
			for _, again := range []*store.Store{s, open(t, cfg)} {
				require.NoError(t, again.Migrate(t.Context()))
				require.NoError(t, again.Check(t.Context()))
			}
			require.Equal(t, before, print(t, cfg))
		})
	}
}

func TestMigrate_gives_an_empty_database_the_replaced_servers_schema(t *testing.T) {
	made, found := postgres(t), legacy(t)
	require.NoError(t, open(t, made).Migrate(t.Context()))
	require.Equal(t, collectTheirs(t, found, structure), collectTheirs(t, made, structure))
	for _, table := range []string{"django_migrations", "django_content_type", "auth_permission", "django_site"} {
		rows := `SELECT x::text FROM ` + table + ` x ORDER BY id`
		want := collectTheirs(t, found, rows)
		require.NotEmpty(t, want)
		require.Equal(t, want, collectTheirs(t, made, rows), table)
	}
	for _, table := range []string{"meet_user", "meet_resource", "file", "meet_application", "django_admin_log"} {
		require.Empty(t, collectTheirs(t, made, `SELECT x::text FROM `+table+` x`))
	}
	// The replaced server's rows, inserted the way it does, naming its columns.
	require.Regexp(t, `(?s)SECTION 3.*COMMIT;`, legacyScript(t))
	run(t, made, "BEGIN;"+productRows(t))
	require.Equal(t, theirs(fingerprint(t, found)), theirs(fingerprint(t, made)))
}

func collectTheirs(t *testing.T, cfg config.Database, query string) []string {
	t.Helper()
	return theirs(collect(t, connect(t, cfg), query))
}

func TestMigrate_lets_ten_take_turns(t *testing.T) {
	databases := maps.Clone(engines)
	databases["adopted"] = legacy
	for name, database := range databases {
		for kind, shared := range map[string]bool{"stores": false, "callers of one store": true} {
			t.Run(name+", "+kind, func(t *testing.T) {
				cfg := database(t)
				cfg.MaxConns = 2
				one := open(t, cfg)
				errs := make([]error, 10)
				var wg sync.WaitGroup
				for i := range errs {
					wg.Go(func() {
						ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
						defer cancel()
						s := one
						if !shared {
							if s, errs[i] = store.Open(ctx, cfg); errs[i] != nil {
								return
							}
							defer s.Close()
						}
						errs[i] = s.Migrate(ctx)
					})
				}
				wg.Wait()
				for _, err := range errs {
					require.NoError(t, err)
				}
				require.NoError(t, one.Check(t.Context()))
			})
		}
	}
}

// holdLock makes somebody else migrate until the end of the test.
func holdLock(t *testing.T, cfg config.Database) {
	t.Helper()
	if !cfg.URL.IsZero() {
		run(t, cfg, fmt.Sprintf(`BEGIN; SELECT pg_advisory_lock(%d)`, 0x666f796572))
		return
	}
	f, err := os.OpenFile(filepath.Join(cfg.Dir, "foyer.db.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	require.NoError(t, syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
}

func TestMigrate_waits_no_longer_than_it_is_given(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			cfg := engine(t)
			holdLock(t, cfg)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			s := open(t, cfg)
			require.ErrorIs(t, s.Migrate(ctx), context.DeadlineExceeded)
			require.ErrorContains(t, s.Check(t.Context()), "version 0", "it did not begin")
		})
	}
}

func TestMigrate_waits_for_nobody_when_there_is_nothing_to_do(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			cfg := engine(t)
			s := open(t, cfg)
			require.NoError(t, s.Migrate(t.Context()))
			holdLock(t, cfg)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			require.NoError(t, s.Migrate(ctx))
		})
	}
}

// The blocker has a name that a migration needs, so the migration fails halfway.
func TestMigrate_failing_halfway_leaves_nothing_half_done(t *testing.T) {
	for name, step := range map[string]struct {
		database func(*testing.T) config.Database
		blocker  string
		version  string
	}{
		"first, PostgreSQL":  {postgres, "file", "version 0"},
		"second, PostgreSQL": {postgres, "foyer_kv", "version 1"},
		"second, adopted":    {legacy, "foyer_kv", "version 1"},
		"first, SQLite":      {sqlite, "meet_recording_access", "version 0"},
		"second, SQLite":     {sqlite, "foyer_kv", "version 1"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := step.database(t)
			s := open(t, cfg)
			do := doing(t, s, cfg)
			do(`CREATE VIEW ` + step.blocker + ` AS SELECT 1 AS id`)
			require.ErrorContains(t, s.Migrate(t.Context()), step.blocker)
			require.ErrorContains(t, s.Check(t.Context()), step.version)
			// A table created by the failed migration would now be in the way.
			require.ErrorContains(t, s.Migrate(t.Context()), step.blocker)
			do(`DROP VIEW ` + step.blocker)
			require.NoError(t, s.Migrate(t.Context()))
			require.NoError(t, s.Check(t.Context()))
		})
	}
}

func TestMigrate_keeps_to_the_schema_of_the_address(t *testing.T) {
	cfg := postgres(t)
	run(t, cfg, `CREATE SCHEMA elsewhere; CREATE TABLE unrelated (id int)`)
	s := open(t, within(cfg, "currentSchema=elsewhere"))
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Check(t.Context()))
	require.Equal(t, []string{"unrelated"}, collect(t, connect(t, cfg), `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`))
	require.ErrorContains(t, open(t, cfg).Migrate(t.Context()), "unrelated")
	require.ErrorContains(t, open(t, within(cfg, "search_path=public,elsewhere")).Migrate(t.Context()), "unrelated",
		"what lies further down the path is another's")
}

func TestMigrate_keeps_the_audit_log_of_SQLite_when_it_is_stored_anew(t *testing.T) {
	s := open(t, sqlite(t))
	do := func(statement string) {
		_, err := s.SQLDB().ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	do(`CREATE VIEW foyer_audit_ordered AS SELECT 1 AS id`) // the name under which the new table is created
	require.Error(t, s.Migrate(t.Context()))
	require.ErrorContains(t, s.Check(t.Context()), "version 4")
	for _, action := range []string{"a", "b", "c"} {
		require.NoError(t, s.AppendAudit(t.Context(), store.AuditEntry{Action: action, Application: uuid.New()}))
	}
	before, err := s.Audit(t.Context(), store.AuditQuery{Limit: 10})
	require.NoError(t, err)
	require.Len(t, before, 3)
	do(`DROP VIEW foyer_audit_ordered`)
	require.NoError(t, s.Migrate(t.Context()))
	after, err := s.Audit(t.Context(), store.AuditQuery{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, before, after)
}
