package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"

	"foyer/core/config"
)

// liteFile is the database file in Database.Dir.
const liteFile = "foyer.db"

// maxReaders limits SQLite's readers whatever the pool size: each has its own
// cache, and having more than cores gains nothing.
const maxReaders = 4

// copyWait is how long SQLite itself waits for a lock: while the copier waits, so
// does every writer, and writers retry by themselves (patience).
const copyWait = 20 * time.Millisecond

// File is the path of an embedded database, "" for PostgreSQL.
func File(cfg config.Database) string {
	if !cfg.URL.IsZero() {
		return ""
	}
	return filepath.Join(cfg.Dir, liteFile)
}

// take finds the file, or the place for it, and claims it if the store serves.
func (s *Store) take(ctx context.Context, cfg config.Database) (err error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if s.file, err = located(File(cfg)); err != nil {
		return fmt.Errorf("find the database: %w", err)
	}
	if err := refuseLinked(s.file); err != nil {
		return err
	}
	return s.claim(ctx)
}

func openSQLite(ctx context.Context, s *Store, cfg config.Database) error {
	file, t := s.file, newTurn()
	var errs [4]error
	writing := liteOptions{conns: 1, lock: "immediate", turn: t, wait: lockWait, cache: 512}
	s.writer, errs[0] = openLite(file, writing)
	s.behind, errs[1] = openLite(file, writing)
	s.reader, errs[2] = openLite(file, liteOptions{
		conns: max(1, min(cfg.MaxConns, maxReaders)), lock: "deferred", wait: requestWait, cache: 1024,
	})
	copying, err := openLite(file, liteOptions{conns: 1, lock: "deferred", wait: copyWait, cache: 512})
	errs[3] = err
	if err := errors.Join(errs[:]...); err != nil {
		return err // a name that cannot be read; nothing is open
	}
	s.lite = liteConn{read: s.reader, write: s.writer, behind: s.behind, turn: t}
	s.c = s.lite
	// The writer comes first: it creates the file and sets its journal mode.
	err = s.writer.PingContext(ctx)
	s.copier = startCopier(copying, t, file)
	if err != nil {
		s.Close()
		return fmt.Errorf("open %s: %w", file, err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		s.Close()
		return fmt.Errorf("protect %s: %w", file, err)
	}
	return nil
}

// liteOptions are those of one handle's connections.
type liteOptions struct {
	conns int           // at most
	lock  string        // how transactions begin
	turn  *turn         // connections take turns to write; nil = they only read
	wait  time.Duration // for another process's lock; with a turn, only when opening
	cache int           // of pages, in KiB per connection
}

// openLite does not open anything yet. Each pragma is named only once: the driver
// runs them in an order of its own.
func openLite(file string, o liteOptions) (*sql.DB, error) {
	q := url.Values{"_txlock": {o.lock}, "_time_format": {"sqlite"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", o.wait.Milliseconds()), fmt.Sprintf("cache_size(-%d)", o.cache),
		"journal_mode(WAL)", "synchronous(NORMAL)", "wal_autocheckpoint(0)", "foreign_keys(1)", "temp_store(MEMORY)",
	}}
	c, err := sqlite.NewConnector("file:" + (&url.URL{Path: file}).EscapedPath() + "?" + q.Encode())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	db := sql.OpenDB(liteConnector{c, o.turn})
	db.SetMaxOpenConns(o.conns)
	db.SetMaxIdleConns(o.conns)
	return db, nil
}
