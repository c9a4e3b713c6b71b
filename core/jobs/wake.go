package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// answerFirst is how long a job that was stored waits for whoever stored it, if
// nothing else is told of: a webhook is answered before the work that it causes
// takes the processor.
const answerFirst = 2 * time.Millisecond

// insertTopic is what River tells of jobs by.
const insertTopic = "river_insert"

// sqliteDriver tells of jobs in this process, once they are committed. River's
// own driver writes a row for each and looks for rows 20 times a second. SQLite
// has one process, so there is nobody else to tell; a job that becomes due by
// itself, or that a command stored, is found by the fallback poll. River's
// JobCancel, which nobody calls here, would have to be told of too.
type sqliteDriver struct {
	*riversqlite.Driver
	wakes *wakes
}

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

// queueTx is a transaction of the queue's own.
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

// wakes are what the queue has yet to be told.
type wakes struct {
	mu   sync.Mutex
	list []riverdriver.Notification // of jobs each once
	some chan struct{}              // of capacity 1
}

func newWakes() *wakes { return &wakes{some: make(chan struct{}, 1)} }

// stored tells that there are jobs in the queue, by River's rules for names.
func (w *wakes) stored(queue string) {
	w.tell(riverdriver.Notification{Topic: insertTopic, Payload: fmt.Sprintf(`{"queue": %q}`, queue)}) // as River writes it
}

func (w *wakes) tell(list ...riverdriver.Notification) {
	w.mu.Lock()
	for _, n := range list {
		if n.Topic != insertTopic || !slices.Contains(w.list, n) {
			w.list = append(w.list, n)
		}
	}
	told := len(w.list) > 0
	w.mu.Unlock()
	if told {
		select {
		case w.some <- struct{}{}:
		default: // told already
		}
	}
}

// take gives one, nil = none.
func (w *wakes) take() *riverdriver.Notification {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.list) == 0 {
		return nil
	}
	n := w.list[0]
	w.list = w.list[1:]
	return &n
}

// listener is riverdriver.Listener. It gives every topic: River leaves out those
// that nobody there listens to.
type listener struct {
	wakes  *wakes
	schema string
}

// WaitForNotification is riverdriver.Listener.
func (l listener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	for {
		if n := l.wakes.take(); n != nil {
			return n, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.wakes.some:
			time.Sleep(answerFirst)
		}
	}
}

// Connect is riverdriver.Listener.
func (listener) Connect(context.Context) error { return nil }

// Listen is riverdriver.Listener.
func (listener) Listen(context.Context, string) error { return nil }

// Unlisten is riverdriver.Listener.
func (listener) Unlisten(context.Context, string) error { return nil }

// Ping is riverdriver.Listener.
func (listener) Ping(context.Context) error { return nil }

// Close is riverdriver.Listener.
func (listener) Close(context.Context) error { return nil }

// SetAfterConnectExec is riverdriver.Listener.
func (listener) SetAfterConnectExec(string) {}

// Schema is riverdriver.Listener.
func (l listener) Schema() string { return l.schema }
