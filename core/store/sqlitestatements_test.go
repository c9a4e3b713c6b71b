package store_test

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// The writer has one connection, so all of this happens on it.
func writerOf(t *testing.T) *sql.DB {
	s := open(t, sqlite(t))
	require.NoError(t, s.Migrate(t.Context()))
	db := s.SQLDB()
	_, err := db.ExecContext(t.Context(), `CREATE TABLE t (n integer NOT NULL CHECK (n >= 0)); INSERT INTO t VALUES (1), (2), (3)`)
	require.NoError(t, err)
	return db
}

func numbers(t *testing.T, rows *sql.Rows, err error) (list []int) {
	t.Helper()
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var n int
		require.NoError(t, rows.Scan(&n))
		list = append(list, n)
	}
	require.NoError(t, rows.Err())
	return list
}

func TestPrepared_statements_are_used_again_with_other_arguments(t *testing.T) {
	db := writerOf(t)
	for want := 1; want <= 3; want++ {
		rows, err := db.QueryContext(t.Context(), `SELECT n FROM t WHERE n = $1`, want)
		require.Equal(t, []int{want}, numbers(t, rows, err))
	}
}

func TestPrepared_statements_do_not_disturb_rows_that_are_being_read(t *testing.T) {
	tx, err := writerOf(t).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	const text = `SELECT n FROM t ORDER BY n`
	outer, err := tx.QueryContext(t.Context(), text)
	require.NoError(t, err)
	defer outer.Close()
	require.True(t, outer.Next())
	inner, err := tx.QueryContext(t.Context(), text)
	require.Equal(t, []int{1, 2, 3}, numbers(t, inner, err))
	require.Equal(t, []int{2, 3}, numbers(t, outer, nil))
}

func TestPrepared_statements_work_after_they_failed_and_after_the_schema_changed(t *testing.T) {
	db := writerOf(t)
	const text = `INSERT INTO t (n) VALUES ($1)`
	for _, n := range []int{4, -1, 5} {
		_, err := db.ExecContext(t.Context(), text, n)
		require.Equal(t, n < 0, err != nil, err)
	}
	_, err := db.ExecContext(t.Context(), `ALTER TABLE t ADD COLUMN more text NOT NULL DEFAULT ''`)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), text, 6)
	require.NoError(t, err)
	rows, err := db.QueryContext(t.Context(), `SELECT n FROM t ORDER BY n`)
	require.Equal(t, []int{1, 2, 3, 4, 5, 6}, numbers(t, rows, err))
}

func TestPrepared_statements_beyond_those_that_are_kept_work_as_well(t *testing.T) {
	db := writerOf(t)
	for round := range 2 {
		for i := range 600 {
			rows, err := db.QueryContext(t.Context(), fmt.Sprintf(`SELECT n + %d FROM t WHERE n = 1`, i))
			require.Equal(t, []int{i + 1}, numbers(t, rows, err), round)
		}
	}
}
