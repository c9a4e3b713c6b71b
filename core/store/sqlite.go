package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"

	"foyer/core/config"
)

// liteFile is the database file in Database.Dir.
const liteFile = "foyer.db"

// maxReaders bounds SQLite's readers whatever the pool size says: each has a
// cache of its own, and more than the cores gain nothing.
const maxReaders = 4

// File is where an embedded database is, "" for PostgreSQL.
func File(cfg config.Database) string {
	if !cfg.URL.IsZero() {
		return ""
	}
	return filepath.Join(cfg.Dir, liteFile)
}

func openSQLite(ctx context.Context, cfg config.Database) (*Store, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	file := File(cfg)
	s := &Store{file: file, migrating: make(chan struct{}, 1)}
	t, half := newTurn(), "cache_size(-512)"
	var errs [4]error
	s.writer, errs[0] = openLite(file, 1, "immediate", t, half)
	s.behind, errs[1] = openLite(file, 1, "immediate", t, half)
	s.reader, errs[2] = openLite(file, max(1, min(cfg.MaxConns, maxReaders)), "deferred", nil)
	copying, err := openLite(file, 1, "deferred", nil, "busy_timeout(100)") // who waits for it waits no longer
	errs[3] = err
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err // a name that cannot be read, nothing is open
	}
	s.c = liteConn{read: s.reader, write: s.writer, behind: s.behind}
	// The writer comes first: it makes the file and sets its journal mode.
	err = s.writer.PingContext(ctx)
	s.copier = startCopier(copying, t, file)
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		s.Close()
		return nil, fmt.Errorf("protect %s: %w", file, err)
	}
	return s, nil
}

// openLite opens nothing yet. With a turn, connections write in turn.
func openLite(file string, conns int, lock string, t turn, pragmas ...string) (*sql.DB, error) {
	q := url.Values{"_txlock": {lock}, "_time_format": {"sqlite"}, "_pragma": append([]string{
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "wal_autocheckpoint(0)",
		"foreign_keys(1)", "cache_size(-1024)", "temp_store(MEMORY)",
	}, pragmas...)}
	c, err := sqlite.NewConnector("file:" + (&url.URL{Path: file}).EscapedPath() + "?" + q.Encode())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	db := sql.OpenDB(liteConnector{c, t})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}
