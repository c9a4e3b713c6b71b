package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"foyer/sdk/module"
)

// errAway is a database that cannot do what it is asked now but may later. It is
// a module.ErrUnavailable in whichever process it arrives.
var errAway = fmt.Errorf("the database is away: %w", module.ErrUnavailable)

// Primary result codes of SQLite for transient conditions: locks held by others,
// a read-only file or folder, a disk that fails or is full.
var liteAway = []int{5, 6, 8, 10, 13, 14} // BUSY LOCKED READONLY IOERR FULL CANTOPEN

// SQLSTATEs of PostgreSQL, and classes of them (two letters), for transient
// conditions: no connection, no room, a server that is stopping, starting, or a
// standby.
var (
	pgAway        = []string{"25006", "57P01", "57P02", "57P03", "58030"}
	pgAwayClasses = []string{"08", "53"}
)

// Away recognises raw engine errors that have nothing to do with the statement:
// the engine is unreachable, full, or takes no writes. They become a
// module.ErrUnavailable; others are returned unchanged. Only pass it errors of an
// engine: a peer's time-out looks the same.
func Away(err error) error {
	if err == nil || errors.Is(err, errAway) || !passes(err) {
		return err
	}
	return fmt.Errorf("%w: %w", errAway, err)
}

func passes(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return slices.Contains(pgAway, pg.Code) || len(pg.Code) == 5 && slices.Contains(pgAwayClasses, pg.Code[:2])
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return slices.Contains(liteAway, lite.Code()&0xff)
	}
	if errors.Is(err, context.Canceled) { // by the caller
		return false
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok { // including time-outs of a context
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		strings.HasSuffix(err.Error(), "conn closed") // pgx has no name for all of them
}

// pgRows are rows that report at their end if the database is away.
type pgRows struct{ pgx.Rows }

func (r pgRows) Err() error { return Away(r.Rows.Err()) }

// inPgTx runs f in a transaction, or behind a savepoint. Errors of statements in
// f have already been through Away.
func inPgTx(ctx context.Context, q pgQuerier, f func(pgx.Tx) error) error {
	var failed error
	err := pgx.BeginFunc(ctx, q, func(tx pgx.Tx) error {
		failed = f(tx)
		return failed
	})
	if failed == nil {
		err = Away(err)
	}
	return err
}
