package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"foyer/core/config"
)

// Store is the domain data. It is safe for concurrent use.
type Store struct {
	Queries
	log            *slog.Logger
	pool           *pgxpool.Pool // nil on SQLite
	shared         bool          // a pooler is in front of PostgreSQL
	writer, reader *sql.DB       // nil on PostgreSQL
	behind         *sql.DB       // the writer for background work
	lite           liteConn      // over these three
	file           string        // SQLite file, symbolic links resolved
	copier         *copier       // of the SQLite log
	probe          probe         // whether writes are possible
	serves         bool          // claims the file
	patience       time.Duration // with another process that holds the claim
	unclaim        func()
}

// Queries are the statements, the same on a Store and in a Tx.
type Queries struct {
	c    conn
	told Changes // nil = nobody is told
	tx   *Tx     // the current transaction, nil outside one
}

// Tx is a transaction.
type Tx struct {
	Queries
	pgx   pgx.Tx
	sql   *sql.Tx
	after []func()
}

// Option configures a Store.
type Option func(*Store)

// WithLog logs there what happens unasked, such as a long wait; by default
// nothing is logged.
func WithLog(log *slog.Logger) Option { return func(s *Store) { s.log = log } }

// Open connects to the engine that cfg names, within cfg.ConnectTimeout. It
// changes nothing; Migrate does.
func Open(ctx context.Context, cfg config.Database, options ...Option) (*Store, error) {
	s := &Store{log: slog.New(slog.DiscardHandler), unclaim: func() {}}
	for _, o := range options {
		o(s)
	}
	open := openPostgres
	if cfg.URL.IsZero() {
		open = openSQLite
		if err := s.take(ctx, cfg); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, max(cfg.ConnectTimeout, time.Second))
	defer cancel()
	if err := open(ctx, s, cfg); err != nil {
		s.unclaim()
		return nil, err
	}
	return s, nil
}

// Close waits for running statements and closes every connection.
func (s *Store) Close() {
	if s.pool != nil {
		s.pool.Close()
		return
	}
	_ = errors.Join(s.copier.close(), s.reader.Close(), s.behind.Close(), s.writer.Close(), s.copier.release())
	s.unclaim()
}

// Ping returns an error unless the engine answers and, on SQLite, the disk took
// what was written.
func (s *Store) Ping(ctx context.Context) error {
	var n int
	if err := one(ctx, s.c, `SELECT 1`, nil, &n); err != nil {
		return fmt.Errorf("ping the database: %w", err)
	}
	if s.copier != nil {
		return s.copier.disk.failure()
	}
	return nil
}

// PgxPool is the PostgreSQL pool, nil on SQLite.
func (s *Store) PgxPool() *pgxpool.Pool { return s.pool }

// SharesConnections reports whether a pooler is in front of PostgreSQL, which may
// give each transaction another connection: anything tied to a connection, such
// as LISTEN, does not work.
func (s *Store) SharesConnections() bool { return s.shared }

// SQLDB is SQLite's writer for background work, nil on PostgreSQL.
func (s *Store) SQLDB() *sql.DB { return s.behind }

// Pgx is the transaction on PostgreSQL, nil on SQLite.
func (t *Tx) Pgx() pgx.Tx { return t.pgx }

// SQL is the transaction on SQLite, nil on PostgreSQL.
func (t *Tx) SQL() *sql.Tx { return t.sql }

// AfterCommit has f called once the transaction has committed, but not if it
// fails. f must not block.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// InTx runs f in one transaction, committed when f returns nil and rolled back
// when it fails or panics. A failed statement ends the transaction even if f
// hides the error; only the methods on rooms may fail and be retried. f must use
// only the Tx: on SQLite a write through s would wait for f itself.
func (s *Store) InTx(ctx context.Context, f func(*Tx) error) error {
	return s.inTx(ctx, f)
}

// atomic runs f behind a savepoint of the current transaction, or in a new one.
func (q Queries) atomic(ctx context.Context, f func(Queries) error) error {
	return q.inTx(ctx, func(t *Tx) error { return f(t.Queries) })
}

func (q Queries) inTx(ctx context.Context, f func(*Tx) error) error {
	var t *Tx
	err := q.c.atomic(ctx, func(c conn) error {
		t = txOf(c, q.told)
		return f(t)
	})
	switch {
	case err != nil:
		return translate(err)
	case q.tx != nil: // which has not committed yet
		q.tx.after = append(q.tx.after, t.after...)
		return nil
	}
	for _, do := range t.after {
		do()
	}
	return nil
}

// txOf is the transaction, or the part of one, behind a connection.
func txOf(c conn, told Changes) *Tx {
	t := &Tx{}
	switch c := c.(type) {
	case pgConn:
		t.pgx, _ = c.q.(pgx.Tx)
	case *liteTx:
		t.sql = c.tx
	}
	t.Queries = Queries{c: c, told: told, tx: t}
	return t
}

// stamp returns t as both engines keep it: UTC, microseconds.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
