package store

import (
	"context"
	"database/sql"
	"os"
	"time"
)

const (
	// copyEvery is how often the log is looked at and flushed to disk: a power
	// failure may lose the commits of that long, plus those made while the flush
	// runs.
	copyEvery = time.Second
	// copyFrom is how many pages make the log worth copying, 16 MB.
	copyFrom = 4 << 10
	// restartFrom is how many pages the log may have before writers are made to
	// wait until it can start over, 256 MB. They wait for three flushes, which
	// should be rare: usually there is a second before that without writes. A
	// slow reader makes the log grow longer.
	restartFrom = 16 * copyFrom
	// pageSize is in bytes.
	pageSize = 4 << 10
)

// copier copies what the write-ahead log holds into the database file. SQLite
// does so at the end of whichever transaction makes the log long enough, which
// then waits for the disk, and every other writer with it: among them a webhook
// that LiveKit is waiting for. On a connection of its own the copying delays
// nobody, except for the short rest of a log that has grown too long. The log
// starts over, once it exceeds copyFrom, in the first second without writes. Its
// file keeps its size (no journal_size_limit): truncating it would keep the next
// writer waiting longer than anything else does.
type copier struct {
	db   *sql.DB  // holds no connection
	turn *turn    // the writers' turn
	file *os.File // the database, nil = could not be opened
	disk disk
	log  string    // name of the log file
	seen time.Time // the log's modification time at the last look
	last time.Time // its modification time when there was nothing left to do
	stop context.CancelFunc
	done chan struct{}
}

func startCopier(db *sql.DB, t *turn, name string) *copier {
	db.SetMaxIdleConns(0)
	ctx, stop := context.WithCancel(context.Background())
	c := &copier{db: db, turn: t, log: name + "-wal", stop: stop, done: make(chan struct{})}
	c.file, _ = os.Open(name) //nolint:errcheck,gosec // restart does without, our own file
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

// release comes after the last connection is closed: the system drops SQLite's
// locks on a file when anybody in the process closes it. For the same reason a
// process has only one Store per file at a time, outside tests and measurements;
// of several processes one serves (ForServing).
// several processes one serves (ForServing).
func (c *copier) release() error {
	if c.file == nil {
		return nil
	}
	return c.file.Close()
}

// look copies whatever is worth copying now. What fails, because somebody else
// copies or reads old pages, is retried a second later.
func (c *copier) look(ctx context.Context) {
	log, err := os.Stat(c.log)
	if err != nil {
		return
	}
	quiet := log.ModTime().Equal(c.seen)
	c.seen = log.ModTime()
	if time.Since(c.seen) < 2*copyEvery { // one more than needed: the system's clock has coarse ticks
		c.sync()
	}
	if c.disk.failure() != nil || log.Size() < copyFrom*pageSize || log.ModTime().Equal(c.last) {
		return
	}
	length, copied, err := c.checkpoint(ctx, "NOOP")
	if err == nil && length-copied >= copyFrom {
		length, copied, err = c.checkpoint(ctx, "PASSIVE")
	}
	left := length - copied // large only while somebody reads old pages
	if err == nil && left < copyFrom && (length >= restartFrom || quiet && length >= copyFrom) {
		length, copied, err = c.restart(ctx)
	}
	done := length == copied || quiet && length < copyFrom
	if err == nil && copied >= 0 && done { // -1 = somebody else is doing it
		c.last = log.ModTime()
	}
}

// sync flushes the log to disk. Writers do not wait for it, and SQLite has no
// lock on this file.
func (c *copier) sync() {
	log, err := os.Open(c.log)
	if err != nil {
		return // it disappears with the last connection
	}
	defer log.Close()
	_ = c.disk.sync(log) // disk remembers the error
}

// restart copies what is left and has the log start over. What was copied before
// is flushed first, so that the writers, whose turn it takes, wait only briefly.
func (c *copier) restart(ctx context.Context) (length, copied int, err error) {
	if c.file != nil {
		if err := c.disk.sync(c.file); err != nil {
			return 0, 0, err
		}
	}
	give, err := c.turn.take(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer give()
	return c.checkpoint(ctx, "RESTART")
}

// checkpoint returns how many pages the log has and how many of them have been
// copied, after doing what mode says.
func (c *copier) checkpoint(ctx context.Context, mode string) (length, copied int, err error) {
	var busy int
	err = c.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &length, &copied)
	return length, copied, err
}
