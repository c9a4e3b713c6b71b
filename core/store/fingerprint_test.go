package store_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/conf"
)

// structure lists what a schema consists of, independently of the order in which it was
// created, except for the order of columns.
const structure = `
	SELECT 'relation ' || c.relkind::text || ' ' || c.relname AS line FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
		AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
	UNION ALL SELECT format('column %s.%s %s %s notnull=%s default=%s identity=%s', c.relname, a.attnum, a.attname,
		format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef, a.attidentity)
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0
	UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
		WHERE connamespace = current_schema()::regnamespace
	UNION ALL SELECT 'index ' || tablename || ' ' || indexdef FROM pg_indexes WHERE schemaname = current_schema()
	UNION ALL SELECT 'extension ' || extname FROM pg_extension
	ORDER BY line`

// fingerprint returns the structure and every row of a PostgreSQL database.
func fingerprint(t *testing.T, cfg config.Database) []string {
	t.Helper()
	c := connect(t, cfg)
	lines := collect(t, c, structure)
	require.NotEmpty(t, lines)
	for _, table := range collect(t, c, `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1`) {
		lines = append(lines, collect(t, c, fmt.Sprintf(`SELECT 'row of %[1]s ' || x::text FROM %[1]s x ORDER BY 1`, table))...)
	}
	return lines
}

// theirs leaves out the gateway's own objects.
func theirs(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(line, "foyer_") })
}

// liteFingerprint returns the structure of a SQLite database, and the versions.
func liteFingerprint(t *testing.T, cfg config.Database) []string {
	t.Helper()
	r, err := open(t, cfg).SQLDB().QueryContext(t.Context(), `SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema
		UNION ALL SELECT 'version ' || version_id FROM foyer_migration ORDER BY 1`)
	require.NoError(t, err)
	defer r.Close()
	var lines []string
	for r.Next() {
		var line string
		require.NoError(t, r.Scan(&line))
		lines = append(lines, line)
	}
	require.NoError(t, r.Err())
	return lines
}

func connect(t *testing.T, cfg config.Database) *pgx.Conn {
	t.Helper()
	cc, err := pgx.ParseConfig(cfg.URL.Reveal())
	require.NoError(t, err)
	cc.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe // works behind a pooler too
	c, err := pgx.ConnectConfig(t.Context(), cc)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

func collect(t *testing.T, c *pgx.Conn, query string) []string {
	t.Helper()
	r, err := c.Query(t.Context(), query)
	require.NoError(t, err)
	lines, err := pgx.CollectRows(r, pgx.RowTo[string])
	require.NoError(t, err)
	return lines
}

// run executes a script of several statements.
func run(t *testing.T, cfg config.Database, script string) {
	t.Helper()
	_, err := connect(t, cfg).PgConn().Exec(t.Context(), script).ReadAll()
	require.NoError(t, err)
}

func legacyScript(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile("testdata/legacy-schema.sql")
	require.NoError(t, err)
	return string(script)
}

// legacy returns a database as the replaced server leaves it, with rows.
func legacy(t *testing.T) config.Database {
	t.Helper()
	cfg := postgres(t)
	run(t, cfg, legacyScript(t))
	return cfg
}

// within returns cfg with something added to its address.
func within(cfg config.Database, query string) config.Database {
	address := cfg.URL.Reveal()
	if strings.Contains(address, "?") {
		query = "&" + query
	} else {
		query = "?" + query
	}
	cfg.URL = conf.NewSecret(address + query)
	return cfg
}
