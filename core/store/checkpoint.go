package store

import (
	"context"
	"database/sql"
	"os"
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
	// logKept is what the log's file keeps of its size then, in bytes. A file
	// that is no longer has nothing worth copying.
	logKept = copyFrom << 12
)

// copier copies what the write-ahead log holds into the database file. SQLite
// does so at the end of whichever transaction makes the log long enough, which
// then waits for the disk, and with it everybody who wants to write: a webhook
// that LiveKit waits for among them. On a connection of its own it holds up
// nobody, except for the short rest of a log that has become too long.
type copier struct {
	db   *sql.DB   // keeps no connection
	log  string    // file of the log
	last time.Time // when the log was changed that has been copied
	stop context.CancelFunc
	done chan struct{}
}

func startCopier(db *sql.DB, file string) *copier {
	db.SetMaxIdleConns(0)
	ctx, stop := context.WithCancel(context.Background())
	c := &copier{db: db, log: file + "-wal", stop: stop, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for tick := time.NewTicker(copyEvery); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
				c.look(ctx)
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

// look copies what is worth it now. What fails, because somebody else copies or
// reads what is old, is done a second later.
func (c *copier) look(ctx context.Context) {
	log, err := os.Stat(c.log)
	if err != nil || log.Size() <= logKept || log.ModTime().Equal(c.last) {
		return
	}
	length, copied, err := c.checkpoint(ctx, "NOOP")
	if err == nil && length-copied >= copyFrom {
		length, copied, err = c.checkpoint(ctx, "PASSIVE")
	}
	if err == nil && length >= restartFrom {
		length, copied, err = c.checkpoint(ctx, "RESTART")
	}
	if err == nil && copied >= 0 && length == copied { // -1 = somebody else does it
		c.last = log.ModTime()
	}
}

// checkpoint tells how many pages the log has and how many of them have been
// copied, once it has done what the mode says.
func (c *copier) checkpoint(ctx context.Context, mode string) (length, copied int, err error) {
	var busy int
	err = c.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &length, &copied)
	return length, copied, err
}
