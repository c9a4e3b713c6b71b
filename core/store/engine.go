package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// conn runs statements on either engine. Arguments and destinations are of types
// that both take: uuid.UUID, string, bool, int, []byte, time.Time (UTC) and
// pointers to them for nullable columns.
type conn interface {
	query(ctx context.Context, sql string, args ...any) (rows, error)
	// quick hands the rows of a cheap read, which finds by an index, to read. Under
	// load it is sent together with others. read may be called again, from the start.
	quick(ctx context.Context, text string, args []any, read func(rows) error) error
	// change is query for statements that write and return rows.
	change(ctx context.Context, sql string, args ...any) (rows, error)
	exec(ctx context.Context, sql string, args ...any) (int, error)
	// atomic runs f so that it takes effect as a whole or not at all: in a
	// transaction of its own or, within one, behind a savepoint.
	atomic(ctx context.Context, f func(conn) error) error
	// locking is a SELECT from the table aliased s that locks its rows until the
	// transaction ends. On SQLite the one writer's transaction is the lock.
	locking(text string) string
	// planned chooses the text that is written so that PostgreSQL keeps its plan.
	planned(postgres, other string) string
	// folded is an e-mail column folded as identifier.Fold does; that expression
	// is indexed.
	folded(column string) string
}

// rows is what pgx.Rows and sql.Rows have in common.
type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// pgQuerier is a pool or a transaction.
type pgQuerier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Begin(ctx context.Context) (pgx.Tx, error)
}

type pgConn struct {
	q     pgQuerier
	reads *reads // nil in a transaction
}

func (c pgConn) query(ctx context.Context, text string, args ...any) (rows, error) {
	r, err := c.q.Query(ctx, text, args...)
	if err != nil {
		return nil, Away(err)
	}
	return pgRows{r}, nil
}

func (c pgConn) quick(ctx context.Context, text string, args []any, read func(rows) error) error {
	if c.reads != nil {
		return c.reads.do(ctx, text, args, read)
	}
	return readAll(ctx, c, text, args, read)
}

func (c pgConn) change(ctx context.Context, text string, args ...any) (rows, error) {
	return c.query(ctx, text, args...)
}

func (c pgConn) exec(ctx context.Context, text string, args ...any) (int, error) {
	r, err := c.q.Query(ctx, text, args...)
	if err != nil {
		return 0, Away(err)
	}
	r.Close()
	return int(r.CommandTag().RowsAffected()), Away(r.Err())
}

func (c pgConn) atomic(ctx context.Context, f func(conn) error) error {
	return inPgTx(ctx, c.q, func(tx pgx.Tx) error { return f(pgConn{q: tx}) })
}

func (pgConn) locking(text string) string { return text + ` FOR UPDATE OF s` }

func (pgConn) planned(postgres, _ string) string { return postgres }

// The database's locale may fold differently: in Turkish, I does not become i.
func (pgConn) folded(column string) string { return `lower(` + column + ` COLLATE "C")` }

// one scans the only row, or returns ErrNotFound.
func one(ctx context.Context, c conn, text string, args []any, dest ...any) error {
	r, err := c.query(ctx, text, args...)
	return only(r, err, dest...)
}

// only scans the only row of a statement already begun, or returns ErrNotFound.
func only(r rows, err error, dest ...any) error {
	if err != nil {
		return translate(err)
	}
	defer r.Close()
	if !r.Next() {
		if err := r.Err(); err != nil {
			return translate(err)
		}
		return ErrNotFound
	}
	if err := r.Scan(dest...); err != nil {
		return translate(err)
	}
	r.Close()
	return translate(r.Err())
}

// readAll hands the rows of a statement to read.
func readAll(ctx context.Context, c conn, text string, args []any, read func(rows) error) error {
	r, err := c.query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := read(r); err != nil {
		return err
	}
	r.Close()
	return r.Err()
}

// quickOne is one, by conn.quick.
func quickOne(ctx context.Context, c conn, text string, args []any, dest ...any) error {
	found := false
	err := c.quick(ctx, text, args, func(r rows) error {
		if found = r.Next(); found {
			return r.Scan(dest...)
		}
		return r.Err()
	})
	if err == nil && !found {
		return ErrNotFound
	}
	return translate(err)
}

// quickAll is all, by conn.quick.
func quickAll[T any](ctx context.Context, c conn, scan func(rows) (T, error), text string, args ...any) (list []T, err error) {
	err = c.quick(ctx, text, args, func(r rows) error {
		list = nil
		for r.Next() {
			x, err := scan(r)
			if err != nil {
				return err
			}
			list = append(list, x)
		}
		return r.Err()
	})
	if err != nil {
		return nil, translate(err)
	}
	return list, nil
}

// all collects every row, converted by scan.
func all[T any](ctx context.Context, c conn, scan func(rows) (T, error), text string, args ...any) ([]T, error) {
	r, err := c.query(ctx, text, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer r.Close()
	var list []T
	for r.Next() {
		x, err := scan(r)
		if err != nil {
			return nil, translate(err)
		}
		list = append(list, x)
	}
	return list, translate(r.Err())
}

var (
	_ pgQuerier = (*pgxpool.Pool)(nil)
	_ pgQuerier = (pgx.Tx)(nil)
)
