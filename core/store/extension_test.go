package store_test

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/conf"
)

// asRole returns cfg for a new role, which owns nothing yet, and the role's name.
func asRole(t *testing.T, cfg config.Database) (config.Database, string) {
	u, err := url.Parse(cfg.URL.Reveal())
	require.NoError(t, err)
	role := "role_" + strings.TrimPrefix(u.Path, "/")
	run(t, cfg, `CREATE ROLE `+role+` LOGIN PASSWORD 'x'`)
	admin := cfg.URL.Reveal()
	t.Cleanup(func() {
		c, err := pgx.Connect(context.Background(), admin)
		require.NoError(t, err)
		defer c.Close(context.Background())
		_, err = c.Exec(context.Background(), `DROP OWNED BY `+role+` CASCADE; DROP ROLE `+role)
		require.NoError(t, err)
	})
	u.User = url.UserPassword(role, "x")
	cfg.URL = conf.NewSecret(u.String())
	return cfg, role
}

// logging opens the store and keeps what it logs.
func logging(t *testing.T, cfg config.Database) (*store.Store, *safeBuffer) {
	t.Helper()
	log := &safeBuffer{}
	s, err := store.Open(t.Context(), cfg, store.WithLog(slog.New(slog.NewTextHandler(log, nil))))
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s, log
}

// inMeet returns a database of the replaced server whose tables are in a schema called
// meet, the only one in the search path, and whose extension is elsewhere.
func inMeet(t *testing.T, where string) config.Database {
	cfg := postgres(t)
	run(t, cfg, `CREATE SCHEMA meet; CREATE SCHEMA IF NOT EXISTS `+where+`; CREATE EXTENSION pg_trgm SCHEMA `+where)
	cfg = within(cfg, "search_path=meet")
	run(t, cfg, legacyScript(t))
	return cfg
}

func TestUsers_are_searched_wherever_pg_trgm_is(t *testing.T) {
	for name, c := range map[string]struct {
		database func(*testing.T) config.Database
		change   string // while the gateway runs
		warning  string // at the next start
	}{
		"with the tables":           {legacy, ``, ""},
		"in public":                 {func(t *testing.T) config.Database { return inMeet(t, `public`) }, ``, ""},
		"in a schema of its own":    {func(t *testing.T) config.Database { return inMeet(t, `"Ext ""1"" %"`) }, ``, ""},
		"moved":                     {legacy, `CREATE SCHEMA elsewhere; ALTER EXTENSION pg_trgm SET SCHEMA elsewhere`, ""},
		"nowhere":                   {legacy, `DROP EXTENSION pg_trgm`, "CREATE EXTENSION pg_trgm"},
		"where the role may not be": {closed, ``, "GRANT USAGE ON SCHEMA ext"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := c.database(t)
			s, log := logging(t, cfg)
			require.NoError(t, s.Migrate(t.Context()))
			if c.change != "" {
				require.NotContains(t, log.String(), "pg_trgm")
				run(t, cfg, c.change)
			}
			list, total, err := s.Users(t.Context(), "OWNER", 20, 0)
			require.NoError(t, err)
			require.NotZero(t, total)
			require.Len(t, list, total)
			for _, u := range list {
				require.Contains(t, strings.ToLower(*u.Email), "owner")
			}
			for _, start := range []func(*store.Store) error{
				func(s *store.Store) error { return s.Migrate(t.Context()) }, func(s *store.Store) error { return s.Check(t.Context()) },
			} {
				s, log := logging(t, cfg)
				require.NoError(t, start(s))
				if c.warning == "" {
					require.NotContains(t, log.String(), "pg_trgm")
					continue
				}
				require.Equal(t, 1, strings.Count(log.String(), "level=WARN"), log.String())
				require.Contains(t, log.String(), c.warning)
			}
		})
	}
}

// closed returns a database whose extension is in a schema that the gateway's role may
// not use.
func closed(t *testing.T) config.Database {
	admin := postgres(t)
	cfg, role := asRole(t, admin)
	run(t, admin, `CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext; CREATE SCHEMA meet AUTHORIZATION `+role)
	cfg = within(cfg, "search_path=meet")
	run(t, cfg, legacyScript(t))
	return cfg
}

func TestMigrate_says_what_to_do_where_it_may_not_make_the_extension(t *testing.T) {
	admin := postgres(t)
	cfg, role := asRole(t, admin)
	run(t, admin, `CREATE SCHEMA meet AUTHORIZATION `+role)
	cfg = within(cfg, "search_path=meet")
	s := open(t, cfg)
	for range 2 {
		err := s.Migrate(t.Context())
		require.ErrorContains(t, err, "permission denied to create extension")
		require.ErrorContains(t, err, "have an administrator run CREATE EXTENSION pg_trgm in this database, in any schema")
	}
	run(t, admin, `CREATE SCHEMA ext; GRANT USAGE ON SCHEMA ext TO `+role+`; CREATE EXTENSION pg_trgm SCHEMA ext`) // as the message says
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Check(t.Context()))
	_, _, err := s.Users(t.Context(), "ada", 20, 0)
	require.NoError(t, err)
}
