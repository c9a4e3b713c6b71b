package jobs

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"foyer/core/store"
)

// queue hides which engine's transactions River is typed over.
type queue interface {
	insert(ctx context.Context, jobs []river.InsertManyParams) error
	insertTx(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error
	list(ctx context.Context, p *river.JobListParams) ([]*rivertype.JobRow, error)
	byID(ctx context.Context, id int64) (*rivertype.JobRow, error)
	retry(ctx context.Context, id int64) error
	remove(ctx context.Context, id int64) error
	// join starts work on another queue, with that many workers; leave stops it
	// once running jobs have ended.
	join(ctx context.Context, name string, workers int) error
	leave(ctx context.Context, name string) error
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
	// alone runs do while no other process migrates.
	alone func(ctx context.Context, do func(context.Context) error) error
	wakes *wakes // to be told of committed jobs; nil = NOTIFY does that
}

func newQueue(s *store.Store, cfg *river.Config) (queue, error) {
	alone := func(ctx context.Context, do func(context.Context) error) error { return s.Alone(ctx, lockKey, do) }
	pool, wakes := s.PgxPool(), newWakes()
	switch {
	case pool == nil:
		driver := toldDriver[*sql.Tx]{Driver: riversqlite.New(s.SQLDB()), wakes: wakes, brief: true}
		return newEngine(driver, cfg, engine[*sql.Tx]{unwrap: (*store.Tx).SQL, alone: alone, wakes: wakes})
	case s.SharesConnections():
		driver := toldDriver[pgx.Tx]{Driver: riverpgxv5.New(pool), wakes: wakes}
		return newEngine(driver, cfg, engine[pgx.Tx]{unwrap: (*store.Tx).Pgx, alone: alone, wakes: wakes})
	default:
		return newEngine(riverpgxv5.New(pool), cfg, engine[pgx.Tx]{unwrap: (*store.Tx).Pgx, alone: alone})
	}
}

// lockKey is the lock for migrating the queue: "river" in ASCII.
const lockKey int64 = 0x7269766572

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
	return store.Away(err)
}

func (e *engine[T]) insertTx(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error {
	all, err := e.client.InsertManyTx(ctx, e.unwrap(tx), jobs)
	if err != nil {
		return store.Away(err)
	}
	tx.AfterCommit(func() { e.wake(all) })
	return nil
}

// wake reports committed jobs. River ignores what comes within fetchCooldown.
func (e *engine[T]) wake(all []*rivertype.JobInsertResult) {
	if e.wakes == nil {
		return
	}
	for _, one := range all {
		e.wakes.stored(one.Job.Queue)
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

func (e *engine[T]) join(ctx context.Context, name string, workers int) error {
	err := e.client.Queues().Add(name, river.QueueConfig{MaxWorkers: workers})
	if err != nil { // it is known now, and is not run
		err = errors.Join(err, e.leave(ctx, name))
	}
	return err
}

func (e *engine[T]) leave(ctx context.Context, name string) error {
	return e.client.Queues().Remove(ctx, name)
}

func (e *engine[T]) start(ctx context.Context) error  { return e.client.Start(ctx) }
func (e *engine[T]) stop(ctx context.Context) error   { return e.client.Stop(ctx) }
func (e *engine[T]) cancel(ctx context.Context) error { return e.client.StopAndCancel(ctx) }
