package migrated

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/sdk/conf"
)

// patience is how long a busy machine may take to connect.
const patience = time.Minute

// migrate brings an empty database up to date.
func migrate(ctx context.Context, db config.Database) (err error) {
	db.MaxConns, db.ConnectTimeout = 4, patience
	s, err := store.Open(ctx, db)
	if err != nil {
		return err
	}
	defer s.Close()
	queue, err := jobs.New(s, config.Jobs{Workers: 1, MaxAttempts: 1, Timeout: patience}, nil, slog.New(slog.DiscardHandler))
	if err == nil {
		err = errors.Join(s.Migrate(ctx), queue.Migrate(ctx), queue.Stop(ctx))
	}
	if err != nil {
		return fmt.Errorf("migrate a test's database: %w", err)
	}
	return nil
}

// Postgres migrates the PostgreSQL database with the URL.
func Postgres(ctx context.Context, url string) error {
	return migrate(ctx, config.Database{URL: conf.NewSecret(url)})
}

// SQLite migrates the SQLite database in the folder.
func SQLite(ctx context.Context, dir string) error {
	return migrate(ctx, config.Database{Dir: dir})
}
