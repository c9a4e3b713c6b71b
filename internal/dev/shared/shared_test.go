package main

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/migrated"
	"foyer/internal/dev/pgdev"
)

// apart makes the test independent of the program that may run it.
func apart(t *testing.T) {
	t.Helper()
	t.Setenv(pgdev.Variable, "")
	t.Setenv(migrated.Template, "")
	t.Setenv(migrated.File, "")
	t.Chdir(t.TempDir())
}

// shown runs `env` with what is shared and returns the variables.
func shown(t *testing.T) map[string]string {
	t.Helper()
	environ, end, err := provide(t.Context())
	t.Cleanup(func() { require.NoError(t, end()) })
	require.NoError(t, err)
	all := map[string]string{}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		all[name] = value
	}
	return all
}

func TestProvide_gives_a_server_whose_databases_can_be_copied(t *testing.T) {
	apart(t)
	for name, value := range shown(t) {
		t.Setenv(name, value)
	}
	c, err := pgx.Connect(t.Context(), migrated.PostgresT(t))
	require.NoError(t, err)
	defer c.Close(t.Context())
	var n int
	require.NoError(t, c.QueryRow(t.Context(), `SELECT COUNT(*) FROM meet_user`).Scan(&n))
	require.FileExists(t, filepath.Join(migrated.SQLiteT(t), "foyer.db"))
}

// Otherwise go test would repeat tests for the sake of a name.
func TestProvide_names_things_alike_in_each_run_but_apart_for_two_at_once(t *testing.T) {
	apart(t)
	first := map[string]string{}
	t.Run("the first", func(t *testing.T) {
		first = shown(t)
		second := shown(t)
		require.Len(t, second, len(first))
		require.NotEqual(t, first[pgdev.Variable], second[pgdev.Variable])
		require.NotEqual(t, first[migrated.File], second[migrated.File])
	})
	u, err := url.Parse(first[pgdev.Variable])
	require.NoError(t, err)
	require.NoDirExists(t, filepath.Dir(u.Query().Get("host")), "nothing is left")
	t.Run("again", func(t *testing.T) { require.Equal(t, first, shown(t)) })
}

func TestProvide_leaves_a_server_that_is_named_already(t *testing.T) {
	apart(t)
	t.Setenv(pgdev.Variable, "postgres://elsewhere/postgres")
	all := shown(t)
	require.Len(t, all, 1)
	require.FileExists(t, all[migrated.File])
}

func TestRun_ends_as_its_command_does(t *testing.T) {
	t.Setenv(pgdev.Variable, "postgres://elsewhere/postgres")
	for text, want := range map[string]int{"exit 0": 0, "exit 3": 3, "kill -9 $$": 1, "test -s $FOYER_TEST_SQLITE": 0} {
		code, err := run(t.Context(), []string{"sh", "-c", text})
		require.NoError(t, err)
		require.Equal(t, want, code, text)
	}
	for _, args := range [][]string{nil, {"/nowhere/program"}} {
		code, err := run(t.Context(), args)
		require.Error(t, err)
		require.NotZero(t, code)
	}
}
