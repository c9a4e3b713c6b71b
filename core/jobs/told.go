package jobs

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
)

// toldDriver reports jobs within this process, once they are committed, and in no
// other way. On SQLite River's own driver writes a row for each and looks for
// rows 20 times a second, although there is only one process and nobody else to
// tell; and a connection that a pooler assigns anew to each transaction hears no
// NOTIFY. A job that becomes due by itself, or that another process stored, is
// found by the fallback poll. River's JobCancel, which is not used here, would
// have to be reported too.
type toldDriver[T any] struct {
	riverdriver.Driver[T]
	wakes *wakes
	brief bool // keep transactions short
}

var _ riverdriver.Driver[*sql.Tx] = toldDriver[*sql.Tx]{}

func (d toldDriver[T]) GetListener(p *riverdriver.GetListenenerParams) riverdriver.Listener {
	return listener{d.wakes, p.Schema}
}

func (d toldDriver[T]) GetExecutor() riverdriver.Executor {
	e := toldExecutor{d.Driver.GetExecutor(), d.wakes}
	if d.brief {
		return briefExecutor{e}
	}
	return e
}

// UnwrapExecutor is for transactions of the store.
func (d toldDriver[T]) UnwrapExecutor(tx T) riverdriver.ExecutorTx {
	return storeTx{d.Driver.UnwrapExecutor(tx)}
}

func (d toldDriver[T]) UnwrapTx(tx riverdriver.ExecutorTx) T {
	switch t := tx.(type) {
	case storeTx:
		tx = t.ExecutorTx
	case *queueTx:
		tx = t.ExecutorTx
	}
	return d.Driver.UnwrapTx(tx)
}

// toldExecutor reports what its transactions report.
type toldExecutor struct {
	riverdriver.Executor
	wakes *wakes
}

func (e toldExecutor) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	tx, err := e.Executor.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &queueTx{ExecutorTx: tx, wakes: e.wakes}, nil
}

// storeTx is a transaction of the store. Whoever stores jobs in it reports them
// after the commit (engine.insertTx).
type storeTx struct{ riverdriver.ExecutorTx }

func (storeTx) NotifyMany(context.Context, *riverdriver.NotifyManyParams) error { return nil }

// queueTx is a transaction of River's own. River reports nothing outside of one.
type queueTx struct {
	riverdriver.ExecutorTx
	wakes *wakes
	tell  []riverdriver.Notification
}

func (t *queueTx) NotifyMany(_ context.Context, p *riverdriver.NotifyManyParams) error {
	for _, payload := range p.Payload {
		t.tell = append(t.tell, riverdriver.Notification{Topic: p.Topic, Payload: payload})
	}
	return nil
}

func (t *queueTx) Commit(ctx context.Context) error {
	if err := t.ExecutorTx.Commit(ctx); err != nil {
		return err
	}
	t.wakes.tell(t.tell...)
	return nil
}
