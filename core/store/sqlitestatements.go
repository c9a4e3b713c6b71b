package store

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// statementLimit is how many statements a SQLite connection keeps prepared: those
// of a few hundred places in the code, some kilobytes each.
const statementLimit = 256

// errDriver means that the SQLite driver can do less than we need.
var errDriver = errors.New("the driver of SQLite is not the one this program was written for")

// liteConnector opens connections that keep their statements prepared. SQLite
// spends more on parsing a statement than on running it, and neither its driver
// nor database/sql remembers one; pgx does on PostgreSQL. With a turn,
// connections take turns to write.
type liteConnector struct {
	driver.Connector
	turn *turn // nil = read only
}

func (c liteConnector) Connect(ctx context.Context) (driver.Conn, error) {
	raw, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := raw.(liteRaw)
	if !ok {
		return nil, errors.Join(errDriver, raw.Close())
	}
	conn := &preparedConn{liteRaw: inner, kept: map[string]*preparedStmt{}, used: list.New()}
	if c.turn == nil {
		return conn, nil
	}
	if err := waitBriefly(ctx, inner); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return &turnConn{liteRaw: conn, turn: c.turn}, nil
}

// waitBriefly leaves waiting for locks to the holder of the turn.
func waitBriefly(ctx context.Context, raw liteRaw) error {
	s, err := raw.PrepareContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", copyWait.Milliseconds()))
	if err != nil {
		return err
	}
	lite, ok := s.(liteStmt)
	if !ok {
		return errors.Join(errDriver, s.Close())
	}
	_, err = lite.ExecContext(ctx, nil)
	return errors.Join(err, s.Close())
}

// liteRaw is what the driver's connections can do, apart from running statements
// that were not prepared.
type liteRaw interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparedConn is used by one goroutine at a time, as database/sql promises.
type preparedConn struct {
	liteRaw
	kept map[string]*preparedStmt
	used *list.List // of *preparedStmt, most recently used first
}

// PrepareContext prepares a statement again if the rows of the kept one are still
// being read.
func (c *preparedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if s := c.kept[text]; s != nil {
		c.used.MoveToFront(s.place)
		if !s.busy {
			s.busy = true
			return s, nil
		}
		return c.liteRaw.PrepareContext(ctx, text)
	}
	inner, err := c.liteRaw.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	raw, ok := inner.(liteStmt)
	if !ok {
		return inner, nil
	}
	s := &preparedStmt{liteStmt: raw, text: text, busy: true}
	s.place = c.used.PushFront(s)
	c.kept[text] = s
	if err := c.forget(); err != nil {
		s.busy = false
		return nil, err
	}
	return s, nil
}

// forget closes the statements unused for longest.
func (c *preparedConn) forget() error {
	var failed error
	for e := c.used.Back(); e != nil && len(c.kept) > statementLimit; {
		s, before := e.Value.(*preparedStmt), e.Prev()
		if !s.busy {
			c.used.Remove(e)
			delete(c.kept, s.text)
			failed = errors.Join(failed, s.liteStmt.Close())
		}
		e = before
	}
	return failed
}

func (c *preparedConn) Close() error {
	var failed error
	for _, s := range c.kept {
		failed = errors.Join(failed, s.liteStmt.Close())
	}
	return errors.Join(failed, c.liteRaw.Close())
}

// liteStmt is what the driver's statements can do.
type liteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparedStmt is kept when it is closed.
type preparedStmt struct {
	liteStmt
	text  string
	place *list.Element
	busy  bool
}

// Close is called by database/sql when the rows have been read.
func (s *preparedStmt) Close() error {
	s.busy = false
	return nil
}
