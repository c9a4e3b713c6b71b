package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// wakeWindow is how long after a job was stored its commit is awaited closely.
const wakeWindow = 2 * time.Second

// sqliteDriver polls for wake-ups only after this process has stored a job.
// River's own driver does so 20 times a second all the time, which is most of
// what an idle gateway would do. SQLite has one process, so there is nobody
// else to wait for; a job that becomes due by itself is found by the fallback
// poll.
type sqliteDriver struct {
	*riversqlite.Driver
	stored chan struct{} // of capacity 1
}

// GetListener wraps River's.
func (d sqliteDriver) GetListener(p *riverdriver.GetListenenerParams) riverdriver.Listener {
	return sqliteListener{d.Driver.GetListener(p), d.stored}
}

// wake tells that a job was stored, or is about to be by a transaction.
func (d sqliteDriver) wake() {
	select {
	case d.stored <- struct{}{}:
	default: // told already
	}
}

type sqliteListener struct {
	riverdriver.Listener
	stored chan struct{}
}

// WaitForNotification sleeps until a job is stored and then polls, as River
// does, until the job is seen or nothing has come for wakeWindow.
func (l sqliteListener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.stored:
		}
		closely, cancel := context.WithTimeout(ctx, wakeWindow)
		n, err := l.Listener.WaitForNotification(closely)
		cancel()
		switch {
		case err == nil:
			select {
			case l.stored <- struct{}{}: // there may be more
			default:
			}
			return n, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
		default:
			return nil, err
		}
	}
}
