package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
)

type behindKey struct{}

// Behind marks background work. On SQLite, which has one writer at a time, it
// waits in a line of its own: a write for a request waits for at most one
// background transaction, however many there are.
func Behind(ctx context.Context) context.Context { return context.WithValue(ctx, behindKey{}, true) }

func isBehind(ctx context.Context) bool { return ctx.Value(behindKey{}) != nil }

// turn is held by whoever writes; waiters get it in order of arrival. SQLite
// itself would have them poll.
type turn struct {
	held     chan struct{} // of capacity 1
	patience patience
}

func newTurn() *turn {
	return &turn{held: make(chan struct{}, 1), patience: patience{requests: requestWait, others: lockWait}}
}

func (t *turn) take(ctx context.Context) (give func(), err error) {
	select {
	case t.held <- struct{}{}:
		return sync.OnceFunc(func() { <-t.held }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// lock takes the turn and then, through do, the lock that other programs may
// hold.
func (t *turn) lock(ctx context.Context, do func() error) (give func(), err error) {
	bounded, cancel := t.patience.bound(ctx)
	defer cancel()
	if give, err = t.take(bounded); err != nil {
		return nil, err
	}
	if err = t.patience.insist(bounded, do); err != nil {
		give()
		return nil, err
	}
	return give, nil
}

// turnConn holds the turn during a transaction, or during a statement outside
// one.
type turnConn struct {
	liteRaw
	turn *turn
	give func() // nil outside a transaction
}

func (c *turnConn) BeginTx(ctx context.Context, o driver.TxOptions) (tx driver.Tx, err error) {
	c.give, err = c.turn.lock(ctx, func() (err error) {
		tx, err = c.liteRaw.BeginTx(ctx, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	return turnTx{tx, c}, nil
}

// ended passes the turn on at the end of a transaction.
func (c *turnConn) ended() {
	if c.give != nil {
		c.give()
		c.give = nil
	}
}

func (c *turnConn) Close() error {
	defer c.ended()
	return c.liteRaw.Close()
}

// PrepareContext sees every statement: liteRaw offers no other way.
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

func (s turnStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (r driver.Result, err error) {
	if s.conn.give != nil {
		return s.liteStmt.ExecContext(ctx, args)
	}
	give, err := s.conn.turn.lock(ctx, func() (err error) {
		r, err = s.liteStmt.ExecContext(ctx, args)
		return err
	})
	if err != nil {
		return nil, err
	}
	give()
	return r, nil
}

// QueryContext keeps the turn until the rows are closed: a statement that returns
// rows may write.
func (s turnStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (rows driver.Rows, err error) {
	if s.conn.give != nil {
		return s.liteStmt.QueryContext(ctx, args)
	}
	give, err := s.conn.turn.lock(ctx, func() (err error) {
		rows, err = s.liteStmt.QueryContext(ctx, args)
		return err
	})
	if err != nil {
		return nil, err
	}
	return turnRows{rows, give}, nil
}

type turnTx struct {
	driver.Tx
	conn *turnConn
}

func (t turnTx) Commit() error {
	defer t.conn.ended()
	return t.Tx.Commit()
}

func (t turnTx) Rollback() error {
	defer t.conn.ended()
	return t.Tx.Rollback()
}

type turnRows struct {
	driver.Rows
	give func()
}

func (r turnRows) Close() error {
	defer r.give()
	return r.Rows.Close()
}
