package store

import (
	"context"
	"database/sql"
	"time"
)

const (
	// copyEvery is how often the log is looked at.
	copyEvery = time.Second
	// copyFrom is how many pages of the log are worth copying, 16 MB. Once all
	// are copied the next writer begins the log anew, and waits for the disk:
	// that should be seldom.
	copyFrom = 4 << 10
	// restartFrom is how many pages the log may have before writers are kept
	// waiting until it can begin anew, 64 MB.
	restartFrom = 4 * copyFrom
	// logKept is what the log's file keeps of its size then, in bytes.
	logKept = copyFrom << 12
)

// copier copies what the write-ahead log holds into the database file. SQLite
// does so at the end of whichever transaction makes the log long enough, which
// then waits for the disk, and with it everybody who wants to write: a webhook
// that LiveKit waits for among them. On a connection of its own it holds up
// nobody, except for the short rest of a log that has become too long.
type copier struct {
	db   *sql.DB // a connection of its own
	stop context.CancelFunc
	done chan struct{}
}

func startCopier(db *sql.DB) *copier {
	ctx, stop := context.WithCancel(context.Background())
	c := &copier{db: db, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for tick := time.NewTicker(copyEvery); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
				c.copy(ctx)
			}
		}
	}()
	return c
}

func (c *copier) close() error {
	c.stop()
	<-c.done
	return c.db.Close()
}

// copy does what is worth doing now. What fails, because somebody else copies
// or reads what is old, is done a second later.
func (c *copier) copy(ctx context.Context) {
	length, copied, err := c.checkpoint(ctx, "NOOP")
	if err == nil && length-copied >= copyFrom {
		length, _, err = c.checkpoint(ctx, "PASSIVE")
	}
	if err == nil && length >= restartFrom {
		_, _, _ = c.checkpoint(ctx, "RESTART")
	}
}

// checkpoint tells how many pages the log has and how many of them have been
// copied, once it has done what the mode says.
func (c *copier) checkpoint(ctx context.Context, mode string) (length, copied int, err error) {
	var busy int
	err = c.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &length, &copied)
	return length, copied, err
}
