package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed migrations additions
var migrations embed.FS

// bookkeeping is the table of applied migrations; that of the replaced server
// (django_migrations) is never written.
const bookkeeping = "foyer_migration"

// latest is the schema version this program works with.
const latest = 7

// Additions are changes that programs unaware of them can live with: a table, a
// column with a default. They have their own bookkeeping, so that an older
// program still starts on a database with more of them than it knows.
const (
	additions      = "foyer_addition"
	latestAddition = 1
)

// migrationLock is the key of the PostgreSQL advisory lock that lets only one
// process migrate at a time.
const migrationLock = 0x666f796572

// Migrate brings the schema to this program's version: it sets up an empty
// database, adopts one of the replaced server, and refuses, untouched, anything
// it does not know. Several processes may call it at once. It is quick when there
// is nothing to do.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.migrate(ctx); err != nil {
		return err
	}
	return s.tellOfSearch(ctx)
}

func (s *Store) migrate(ctx context.Context) error {
	// With nothing to do, nobody waits for others.
	if done, err := s.migrated(ctx); err != nil || done {
		return err
	}
	return s.Alone(ctx, migrationLock, func(ctx context.Context) error {
		version, err := s.version(ctx)
		switch {
		case err != nil:
			return err
		case version < 1 && s.pool != nil:
			if err := s.recognise(ctx); err != nil {
				return err
			}
		}
		if version != latest {
			if err := s.up(ctx, "migrations", bookkeeping); err != nil {
				return fmt.Errorf("migrate the database: %w", extensionAdvised(err))
			}
		}
		return s.add(ctx)
	})
}

// migrated reports whether there is nothing to do.
func (s *Store) migrated(ctx context.Context) (bool, error) {
	version, err := s.version(ctx)
	if err != nil || version != latest {
		return false, err
	}
	there, err := s.added(ctx)
	return there >= latestAddition, err
}

// add applies missing additions.
func (s *Store) add(ctx context.Context) error {
	there, err := s.added(ctx)
	if err != nil || there >= latestAddition {
		return err
	}
	if err := s.up(ctx, "additions", additions); err != nil {
		return fmt.Errorf("add to the database: %w", err)
	}
	return nil
}

// added returns the last addition that the database has; 0 = none.
func (s *Store) added(ctx context.Context) (n int, err error) {
	found, err := s.hasTable(ctx, additions)
	if err != nil || !found {
		return 0, err
	}
	if err := one(ctx, s.c, `SELECT COALESCE(MAX(version_id), 0) FROM foyer_addition`, nil, &n); err != nil {
		return 0, fmt.Errorf("read applied additions: %w", err)
	}
	return n, nil
}

// Check returns an error unless the schema is exactly this program's, with the
// additions that it needs.
func (s *Store) Check(ctx context.Context) error {
	version, err := s.version(ctx)
	if err == nil && version != latest {
		err = fmt.Errorf("the schema is at version %d and %d is needed: run 'gateway migrate'", max(version, 0), latest)
	}
	if err != nil {
		return err
	}
	there, err := s.added(ctx)
	if err != nil {
		return err
	}
	if there < latestAddition {
		return fmt.Errorf("the schema has %d additions and %d are needed: run 'gateway migrate'", there, latestAddition)
	}
	return s.tellOfSearch(ctx)
}

// unversioned is the version of a database without our bookkeeping.
const unversioned = -1

// version reads the applied migrations, which must be 1, 2, … without gaps and
// none newer than this program's.
func (s *Store) version(ctx context.Context) (int, error) {
	found, err := s.hasTable(ctx, bookkeeping)
	if err != nil || !found {
		return unversioned, err
	}
	applied, err := all(ctx, s.c, func(r rows) (n int, err error) { return n, r.Scan(&n) },
		`SELECT version_id FROM foyer_migration WHERE version_id > 0 ORDER BY version_id`)
	if err != nil {
		return 0, fmt.Errorf("read applied migrations: %w", err)
	}
	for i, v := range applied {
		if v > latest {
			return 0, fmt.Errorf("the database is at schema version %d and this program knows %d: use a newer program; nothing was changed", v, latest)
		}
		if v != i+1 {
			return 0, fmt.Errorf("the database misses migration %d but has %v: it is broken or was edited by hand; nothing was changed", i+1, applied)
		}
	}
	if s.pool != nil && len(applied) > 0 {
		return len(applied), s.refuseNewer(ctx)
	}
	return len(applied), nil
}

func (s *Store) hasTable(ctx context.Context, name string) (bool, error) {
	text := `SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`
	if s.pool != nil {
		text = `SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1`
	}
	var n int
	if err := one(ctx, s.c, text, []any{name}, &n); err != nil {
		return false, fmt.Errorf("look for table %s: %w", name, err)
	}
	return n > 0, nil
}

// up applies missing migrations, each in its own transaction.
func (s *Store) up(ctx context.Context, folder, table string) error {
	dialect, engine, db := goose.DialectSQLite3, "/sqlite", s.writer
	if s.pool != nil {
		dialect, engine, db = goose.DialectPostgres, "/postgres", stdlib.OpenDBFromPool(s.pool)
		defer db.Close()
	}
	files, err := fs.Sub(migrations, folder+engine)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, files,
		goose.WithTableName(table), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// adopt records that the schema of migration 1 already exists.
func (s *Store) adopt(ctx context.Context) error {
	begun, err := s.hasTable(ctx, bookkeeping)
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close()
	book, err := database.NewStore(goose.DialectPostgres, bookkeeping)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	// An attempt that failed in migration 1 leaves the table and version 0.
	if !begun {
		if err := book.CreateVersionTable(ctx, tx); err != nil {
			return err
		}
		if err := book.Insert(ctx, tx, database.InsertRequest{Version: 0}); err != nil {
			return err
		}
	}
	if err := book.Insert(ctx, tx, database.InsertRequest{Version: 1}); err != nil {
		return err
	}
	return tx.Commit()
}

// missingFrom lists the wanted names that are missing from there.
func missingFrom(there, wanted []string) []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(w string) bool { return slices.Contains(there, w) })
}
