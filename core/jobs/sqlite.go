package jobs

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// sqliteDriver tells of jobs in this process, once they are committed. River's
// own driver writes a row for each and looks for rows 20 times a second. SQLite
// has one process, so there is nobody else to tell; a job that becomes due by
// itself, or that a command stored, is found by the fallback poll. River's
// JobCancel, which nobody calls here, would have to be told of too.
type sqliteDriver struct {
	*riversqlite.Driver
	wakes *wakes
}

var _ riverdriver.Driver[*sql.Tx] = sqliteDriver{}

// GetListener is riverdriver.Driver.
func (d sqliteDriver) GetListener(p *riverdriver.GetListenenerParams) riverdriver.Listener {
	return listener{d.wakes, p.Schema}
}

// GetExecutor is riverdriver.Driver.
func (d sqliteDriver) GetExecutor() riverdriver.Executor {
	return briefExecutor{d.Driver.GetExecutor(), d.wakes}
}

// UnwrapExecutor is riverdriver.Driver, for transactions of the store.
func (d sqliteDriver) UnwrapExecutor(tx *sql.Tx) riverdriver.ExecutorTx {
	return storeTx{d.Driver.UnwrapExecutor(tx)}
}

// UnwrapTx is riverdriver.Driver.
func (d sqliteDriver) UnwrapTx(tx riverdriver.ExecutorTx) *sql.Tx {
	switch t := tx.(type) {
	case storeTx:
		tx = t.ExecutorTx
	case *queueTx:
		tx = t.ExecutorTx
	}
	return d.Driver.UnwrapTx(tx)
}

// storeTx is a transaction of the store. Whoever stores jobs there tells of them
// after its commit (engine.insertTx).
type storeTx struct{ riverdriver.ExecutorTx }

// NotifyMany is riverdriver.Executor.
func (storeTx) NotifyMany(context.Context, *riverdriver.NotifyManyParams) error { return nil }

// queueTx is a transaction of the queue's own. River tells of nothing outside of
// one.
type queueTx struct {
	riverdriver.ExecutorTx
	wakes *wakes
	tell  []riverdriver.Notification
}

// NotifyMany is riverdriver.Executor.
func (t *queueTx) NotifyMany(_ context.Context, p *riverdriver.NotifyManyParams) error {
	for _, payload := range p.Payload {
		t.tell = append(t.tell, riverdriver.Notification{Topic: p.Topic, Payload: payload})
	}
	return nil
}

// Commit is riverdriver.ExecutorTx.
func (t *queueTx) Commit(ctx context.Context) error {
	if err := t.ExecutorTx.Commit(ctx); err != nil {
		return err
	}
	t.wakes.tell(t.tell...)
	return nil
}
