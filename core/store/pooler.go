package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"foyer/core/config"
)

// connect opens the pool and sends the server a query.
func (s *Store) connect(ctx context.Context, pc *pgxpool.Config, mode string) error {
	s.shared = mode == config.PoolTransaction
	if mode != config.PoolTransaction && mode != config.PoolSession {
		pooler, err := poolerBefore(ctx, pc.ConnConfig)
		if err != nil {
			return err
		}
		if s.shared = pooler; pooler {
			s.log.InfoContext(ctx, "a pooler is in front of PostgreSQL: nothing is used that belongs to a connection (database.pool_mode)")
		}
	}
	if s.shared && pc.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
		// Named statements stay with a connection that the next transaction may
		// not get. This mode has none, remembers the types of a statement, and
		// sends all of it in one go.
		pc.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return err
	}
	s.pool, s.Queries = pool, Queries{c: pgConn{q: pool, reads: newReads(pool)}}
	if err := s.Ping(ctx); err != nil {
		pool.Close()
		return err
	}
	return nil
}

// poolerBefore reports whether a pooler is in front of the server. Poolers give
// clients process numbers of their own making, not that of the server's process
// behind them, which changes.
func poolerBefore(ctx context.Context, cc *pgx.ConnConfig) (bool, error) {
	c, err := pgx.ConnectConfig(ctx, cc)
	if err != nil {
		return false, err
	}
	defer func() { _ = c.Close(ctx) }()
	var number uint32
	// Prepare nothing: it would stay there and get in others' way.
	err = c.QueryRow(ctx, `SELECT pg_backend_pid()`, pgx.QueryExecModeSimpleProtocol).Scan(&number)
	return number != c.PgConn().PID(), err
}

// SQLSTATE codes that poolers in transaction mode are known for.
const (
	pgStatementExists  = "42P05"
	pgStatementUnknown = "26000"
	pgProtocol         = "08P01"
)

// errShared says what to do about poolers that were not recognised.
var errShared = errors.New("a pooler shares connections between transactions: set database.pool_mode to transaction")

// advised adds what to do about an error caused by a pooler.
func advised(err *pgconn.PgError) error {
	switch {
	case err.Code == pgStatementExists || err.Code == pgStatementUnknown:
		return fmt.Errorf("%w: %w", errShared, err)
	case err.Code == pgProtocol && strings.Contains(err.Message, "unsupported startup parameter"):
		return fmt.Errorf("%w: leave it out of database.url and set it for the role (ALTER ROLE ... SET), or have PgBouncer drop it (ignore_startup_parameters)", err)
	}
	return err
}
