package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// liteConn reads from one handle and writes to two others: SQLite has one writer
// at a time, and background work has a line of its own.
type liteConn struct {
	read, write, behind *sql.DB
	turn                *turn // the writers' turn
}

// writer returns a connection to write to, and the context that limits the wait
// for it and for the lock.
func (c liteConn) writer(ctx context.Context) (context.Context, *sql.Conn, error) {
	db := c.write
	if isBehind(ctx) {
		db = c.behind
	}
	ctx = c.turn.patience.asked(ctx)
	wait, cancel := c.turn.patience.bound(ctx)
	defer cancel()
	w, err := db.Conn(wait)
	if err != nil {
		return nil, nil, fmt.Errorf("wait for others who write: %w", Away(err))
	}
	return ctx, w, nil
}

func (c liteConn) query(ctx context.Context, text string, args ...any) (rows, error) {
	return liteQuery(ctx, c.read, text, args)
}

func (c liteConn) quick(ctx context.Context, text string, args []any, read func(rows) error) error {
	return readAll(ctx, c, text, args, read)
}

func (c liteConn) change(ctx context.Context, text string, args ...any) (rows, error) {
	ctx, w, err := c.writer(ctx)
	if err != nil {
		return nil, err
	}
	r, err := liteQuery(ctx, w, text, args)
	if err != nil {
		_ = w.Close() // gives it back
		return nil, err
	}
	return changedRows{r, w}, nil
}

// changedRows give the connection back when they are closed.
type changedRows struct {
	rows
	writer *sql.Conn
}

func (r changedRows) Close() {
	r.rows.Close()
	_ = r.writer.Close() // closing twice is harmless
}

func (c liteConn) exec(ctx context.Context, text string, args ...any) (int, error) {
	ctx, w, err := c.writer(ctx)
	if err != nil {
		return 0, err
	}
	defer w.Close()
	return liteExec(ctx, w, text, args)
}

func (c liteConn) atomic(ctx context.Context, f func(conn) error) error {
	return c.inTx(ctx, func(tx *liteTx) error { return f(tx) })
}

func (liteConn) locking(text string) string { return text }

func (liteConn) planned(_, other string) string { return other }

func (liteConn) folded(column string) string { return `lower(` + column + `)` }

// liteTx is a transaction on the writer. A failed statement dooms it, as on
// PostgreSQL: code that is right on one engine is right on the other.
type liteTx struct {
	tx     *sql.Tx
	failed error
}

// inTx runs f in one transaction; a doomed one is not committed.
func (c liteConn) inTx(ctx context.Context, f func(*liteTx) error) error {
	ctx, w, err := c.writer(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer w.Close()
	tx, err := w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", Away(err))
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	lite := &liteTx{tx: tx}
	err = f(lite)
	if err == nil && lite.failed != nil {
		err = fmt.Errorf("commit a transaction in which a statement failed: %w", lite.failed)
	}
	if err == nil {
		err = Away(tx.Commit())
	}
	// When ctx ends database/sql rolls back by itself, and then reports only
	// that.
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

func (c *liteTx) query(ctx context.Context, text string, args ...any) (rows, error) {
	if c.failed != nil {
		return nil, c.doomed()
	}
	r, err := liteQuery(ctx, c.tx, text, args)
	c.failed = err
	return r, err
}

func (c *liteTx) quick(ctx context.Context, text string, args []any, read func(rows) error) error {
	return readAll(ctx, c, text, args, read)
}

func (c *liteTx) change(ctx context.Context, text string, args ...any) (rows, error) {
	return c.query(ctx, text, args...)
}

func (c *liteTx) exec(ctx context.Context, text string, args ...any) (int, error) {
	if c.failed != nil {
		return 0, c.doomed()
	}
	n, err := liteExec(ctx, c.tx, text, args)
	c.failed = err
	return n, err
}

func (*liteTx) locking(text string) string { return text }

func (*liteTx) planned(_, other string) string { return other }

func (*liteTx) folded(column string) string { return liteConn{}.folded(column) }

// doomed does not wrap: what failed is not the current statement.
func (c *liteTx) doomed() error {
	return fmt.Errorf("the transaction is over since a statement failed: %v", c.failed) //nolint:errorlint // on purpose
}

func (c *liteTx) atomic(ctx context.Context, f func(conn) error) error {
	if _, err := c.exec(ctx, `SAVEPOINT part`); err != nil {
		return err
	}
	err := f(c)
	if err == nil {
		_, err = c.exec(ctx, `RELEASE part`)
		return err
	}
	// Without the savepoint, where the engine rolled everything back, the
	// transaction stays doomed.
	cause := c.failed
	c.failed = nil
	if _, e := c.exec(ctx, `ROLLBACK TO part`); e != nil {
		return errors.Join(err, cause, e)
	}
	_, e := c.exec(ctx, `RELEASE part`)
	return errors.Join(err, e)
}

// sqlQuerier is a database or a transaction.
type sqlQuerier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

type liteRows struct{ *sql.Rows }

func (r liteRows) Err() error { return Away(r.Rows.Err()) }

func (r liteRows) Close() { _ = r.Rows.Close() }

func liteQuery(ctx context.Context, q sqlQuerier, text string, args []any) (_ rows, err error) {
	if err := wellFormed(args); err != nil {
		return nil, err
	}
	ctx, end := span(ctx, text)
	defer func() { end(err) }()
	r, err := q.QueryContext(ctx, text, args...) //nolint:rowserrcheck // the caller reads them
	if err != nil {
		return nil, Away(err)
	}
	return liteRows{r}, nil
}

func liteExec(ctx context.Context, q sqlQuerier, text string, args []any) (_ int, err error) {
	if err := wellFormed(args); err != nil {
		return 0, err
	}
	ctx, end := span(ctx, text)
	defer func() { end(err) }()
	r, err := q.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, Away(err)
	}
	n, err := r.RowsAffected()
	return int(n), err
}
