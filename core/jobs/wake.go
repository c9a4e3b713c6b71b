package jobs

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river/riverdriver"
)

// answerFirst is how long a stored job waits for whoever stored it, if nothing
// else is reported: a webhook is answered before the work it causes takes the
// processor.
const answerFirst = 2 * time.Millisecond

// insertTopic is the topic under which River reports jobs.
const insertTopic = "river_insert"

// wakes are notifications that River has yet to receive.
type wakes struct {
	mu   sync.Mutex
	list []riverdriver.Notification // each queue's jobs once
	some chan struct{}              // of capacity 1
}

func newWakes() *wakes { return &wakes{some: make(chan struct{}, 1)} }

// stored reports that there are jobs in the queue, by River's rules for names.
func (w *wakes) stored(queue string) {
	w.tell(riverdriver.Notification{Topic: insertTopic, Payload: fmt.Sprintf(`{"queue": %q}`, queue)}) // as River writes it
}

func (w *wakes) tell(list ...riverdriver.Notification) {
	if len(list) == 0 {
		return
	}
	w.mu.Lock()
	for _, n := range list {
		if n.Topic != insertTopic || !slices.Contains(w.list, n) {
			w.list = append(w.list, n)
		}
	}
	w.mu.Unlock()
	select {
	case w.some <- struct{}{}:
	default: // already signalled
	}
}

// take returns one notification, nil = none.
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

// listener reports every topic: River ignores those that nobody listens to.
type listener struct {
	wakes  *wakes
	schema string
}

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

func (listener) Connect(context.Context) error { return nil }

func (listener) Listen(context.Context, string) error { return nil }

func (listener) Unlisten(context.Context, string) error { return nil }

func (listener) Ping(context.Context) error { return nil }

func (listener) Close(context.Context) error { return nil }

func (listener) SetAfterConnectExec(string) {}

func (l listener) Schema() string { return l.schema }
