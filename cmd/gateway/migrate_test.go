package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
)

const migrated = "the database is up to date\n"

func TestMigrate_makes_adopts_and_leaves_databases(t *testing.T) {
	t.Parallel()
	legacy := pgdev.New(t)
	text, err := os.ReadFile("../../core/store/testdata/legacy-schema.sql")
	require.NoError(t, err)
	execute(t, legacy, string(text))
	for name, url := range map[string]string{"sqlite": "", "postgres": pgdev.New(t), "of the replaced server": legacy} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			environ := []string{"GATEWAY_DATABASE__AUTO_MIGRATE=false", "GATEWAY_DATABASE__URL=" + url}
			o := gateway(t, dir, environ, "serve")
			require.Equal(t, 1, o.code)
			require.Contains(t, o.errors, "run 'gateway migrate'")
			for range 2 {
				o := gateway(t, dir, environ, "migrate")
				require.Zero(t, o.code, o.errors)
				require.Equal(t, migrated, o.out)
			}
			s := serve(t, dir, environ)
			require.Equal(t, http.StatusOK, s.get("/__heartbeat__").status)
			require.Equal(t, http.StatusOK, s.get("/api/v1.0/config/").status)
		})
	}
}

func execute(t *testing.T, url, text string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer c.Close(t.Context())
	_, err = c.Exec(t.Context(), text)
	require.NoError(t, err)
}

func TestMigrate_refuses_a_database_of_a_newer_program(t *testing.T) {
	t.Parallel()
	const future = `INSERT INTO foyer_migration (version_id, is_applied) VALUES (99, true)`
	pg, dir := pgdev.New(t), t.TempDir()
	for name, url := range map[string]string{"sqlite": "", "postgres": pg} {
		t.Run(name, func(t *testing.T) {
			environ := []string{"GATEWAY_DATABASE__URL=" + url}
			require.Zero(t, gateway(t, dir, environ, "migrate").code)
			if url != "" {
				execute(t, url, future)
			} else {
				st, err := store.Open(t.Context(), config.Database{Dir: filepath.Join(dir, "data"), URL: conf.Secret{}, MaxConns: 1, ConnectTimeout: waitLong})
				require.NoError(t, err)
				_, err = st.SQLDB().ExecContext(t.Context(), future)
				require.NoError(t, err)
				st.Close()
			}
			for _, command := range []string{"migrate", "serve"} {
				o := gateway(t, dir, environ, command)
				require.Equal(t, 1, o.code, o.errors)
				require.Empty(t, o.out)
				require.Regexp(t, `the database is at schema version 99 and this program knows \d+: use a newer program; nothing was changed`, o.errors)
			}
		})
	}
}
