package jobs

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"foyer/core/store"
)

// queue hides which engine's transactions the queue is typed over.
type queue interface {
	insert(ctx context.Context, jobs []river.InsertManyParams) error
	insertTx(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error
	list(ctx context.Context, p *river.JobListParams) ([]*rivertype.JobRow, error)
	byID(ctx context.Context, id int64) (*rivertype.JobRow, error)
	retry(ctx context.Context, id int64) error
	remove(ctx context.Context, id int64) error
	start(ctx context.Context) error
	stop(ctx context.Context) error
	cancel(ctx context.Context) error
	migrate(ctx context.Context) error
	check(ctx context.Context) error
}

// engine is a queue over transactions of type T.
type engine[T any] struct {
	client   *river.Client[T]
	migrator *rivermigrate.Migrator[T]
	unwrap   func(*store.Tx) T
	// alone runs do while no other process does.
	alone func(ctx context.Context, do func(context.Context) error) error
	// stored tells the engine that a job was committed to the queue, where it
	// needs telling.
	stored func(queue string)
}

func newPostgres(pool *pgxpool.Pool, driver riverdriver.Driver[pgx.Tx], cfg *river.Config) (queue, error) {
	return newEngine(driver, cfg, engine[pgx.Tx]{
		unwrap: (*store.Tx).Pgx,
		alone: func(ctx context.Context, do func(context.Context) error) error {
			return underLock(ctx, pool, do)
		},
		stored: func(string) {}, // NOTIFY does
	})
}

func newSQLite(driver sqliteDriver, cfg *river.Config) (queue, error) {
	return newEngine(driver, cfg, engine[*sql.Tx]{
		unwrap: (*store.Tx).SQL,
		alone:  func(ctx context.Context, do func(context.Context) error) error { return do(ctx) }, // one process
		stored: driver.wakes.stored,
	})
}

func newEngine[T any](driver riverdriver.Driver[T], cfg *river.Config, e engine[T]) (queue, error) {
	var err error
	if e.client, err = river.NewClient(driver, cfg); err != nil {
		return nil, err
	}
	if e.migrator, err = rivermigrate.New(driver, &rivermigrate.Config{Logger: cfg.Logger}); err != nil {
		return nil, err
	}
	return &e, nil
}

func (e *engine[T]) insert(ctx context.Context, jobs []river.InsertManyParams) error {
	all, err := e.client.InsertMany(ctx, jobs)
	e.wake(all)
	return err
}

func (e *engine[T]) insertTx(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error {
	all, err := e.client.InsertManyTx(ctx, e.unwrap(tx), jobs)
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { e.wake(all) })
	return nil
}

// wake tells of committed jobs. River leaves out what comes within fetchCooldown.
func (e *engine[T]) wake(all []*rivertype.JobInsertResult) {
	for _, one := range all {
		e.stored(one.Job.Queue)
	}
}

func (e *engine[T]) list(ctx context.Context, p *river.JobListParams) ([]*rivertype.JobRow, error) {
	res, err := e.client.JobList(ctx, p)
	if err != nil {
		return nil, err
	}
	return res.Jobs, nil
}

func (e *engine[T]) retry(ctx context.Context, id int64) error {
	_, err := e.client.JobRetry(ctx, id)
	return err
}

func (e *engine[T]) byID(ctx context.Context, id int64) (*rivertype.JobRow, error) {
	return e.client.JobGet(ctx, id)
}

func (e *engine[T]) remove(ctx context.Context, id int64) error {
	_, err := e.client.JobDelete(ctx, id)
	return err
}

func (e *engine[T]) start(ctx context.Context) error  { return e.client.Start(ctx) }
func (e *engine[T]) stop(ctx context.Context) error   { return e.client.Stop(ctx) }
func (e *engine[T]) cancel(ctx context.Context) error { return e.client.StopAndCancel(ctx) }

// lockKey is the advisory lock of queue migrations: "river" in ASCII.
const lockKey int64 = 0x7269766572

// underLock holds a PostgreSQL advisory lock while do runs.
func underLock(ctx context.Context, pool *pgxpool.Pool, do func(context.Context) error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("acquire connection for the migration lock: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lockKey); err != nil {
		return fmt.Errorf("take the migration lock: %w", err)
	}
	defer func() {
		// When this fails the connection is broken, and the lock gone with it.
		_, _ = conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lockKey)
	}()
	return do(ctx)
}
