package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
)

type behindKey struct{}

// Behind marks what is done in the background. On SQLite, which has one writer
// at a time, it waits in a line of its own: whoever writes for a request waits
// for one transaction of the background at most, however many there are.
func Behind(ctx context.Context) context.Context { return context.WithValue(ctx, behindKey{}, true) }

func isBehind(ctx context.Context) bool { return ctx.Value(behindKey{}) != nil }

// turn is held by whoever writes; those who wait get it in the order they came.
// SQLite itself would have them ask again and again.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) take(ctx context.Context) (give func(), err error) {
	select {
	case t <- struct{}{}:
		return sync.OnceFunc(func() { <-t }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// turnConn has the turn during a transaction, or a statement outside of one.
type turnConn struct {
	liteRaw
	turn turn
	give func() // nil outside of a transaction
}

// BeginTx is driver.ConnBeginTx.
func (c *turnConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	give, err := c.turn.take(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := c.liteRaw.BeginTx(ctx, o)
	if err != nil {
		give()
		return nil, err
	}
	c.give = give
	return turnTx{tx, c}, nil
}

// ended gives the turn on at the end of a transaction.
func (c *turnConn) ended() {
	if c.give != nil {
		c.give()
		c.give = nil
	}
}

// Close is driver.Conn.
func (c *turnConn) Close() error {
	defer c.ended()
	return c.liteRaw.Close()
}

// PrepareContext is driver.ConnPrepareContext. Every statement comes here:
// liteRaw has no other way.
func (c *turnConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	inner, err := c.liteRaw.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s, ok := inner.(liteStmt)
	if !ok {
		return nil, errors.Join(errDriver, inner.Close())
	}
	return turnStmt{s, c}, nil
}

type turnStmt struct {
	liteStmt
	conn *turnConn
}

// ExecContext is driver.StmtExecContext.
func (s turnStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if s.conn.give == nil {
		give, err := s.conn.turn.take(ctx)
		if err != nil {
			return nil, err
		}
		defer give()
	}
	return s.liteStmt.ExecContext(ctx, args)
}

// QueryContext is driver.StmtQueryContext: a statement that returns rows may
// write, until they are closed.
func (s turnStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if s.conn.give != nil {
		return s.liteStmt.QueryContext(ctx, args)
	}
	give, err := s.conn.turn.take(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.liteStmt.QueryContext(ctx, args)
	if err != nil {
		give()
		return nil, err
	}
	return turnRows{rows, give}, nil
}

type turnTx struct {
	driver.Tx
	conn *turnConn
}

// Commit is driver.Tx.
func (t turnTx) Commit() error {
	defer t.conn.ended()
	return t.Tx.Commit()
}

// Rollback is driver.Tx.
func (t turnTx) Rollback() error {
	defer t.conn.ended()
	return t.Tx.Rollback()
}

type turnRows struct {
	driver.Rows
	give func()
}

// Close is driver.Rows.
func (r turnRows) Close() error {
	defer r.give()
	return r.Rows.Close()
}
