package pgbouncerdev_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/pgbouncerdev"
	"foyer/internal/dev/pgdev"
)

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// advisory are the advisory locks in pg_locks of this database: others may share its
// server.
const advisory = `locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// This is what poolers do, and what other packages' tests rely on.
func TestNew_shares_one_connection_among_all_who_wait_their_turn(t *testing.T) {
	address := pgbouncerdev.New(t, pgdev.New(t), "default_pool_size = 1")
	a, b := connect(t, address), connect(t, address)
	of := func(c *pgx.Conn) (pid uint32) {
		require.NoError(t, c.QueryRow(t.Context(), `SELECT pg_backend_pid()`, pgx.QueryExecModeSimpleProtocol).Scan(&pid))
		return pid
	}
	require.Equal(t, of(a), of(b))
	require.NotEqual(t, a.PgConn().PID(), of(a), "it does not tell the number of the connection behind it")
	_, err := a.Exec(t.Context(), `SELECT pg_advisory_lock(1)`, pgx.QueryExecModeSimpleProtocol)
	require.NoError(t, err)
	require.NoError(t, a.Close(t.Context()))
	var held int
	require.NoError(t, b.QueryRow(t.Context(), `SELECT COUNT(*) FROM pg_locks WHERE `+advisory,
		pgx.QueryExecModeSimpleProtocol).Scan(&held))
	require.Equal(t, 1, held, "a lock stays when its client has gone")
}
