package store

import (
	"context"
	"database/sql"
	"os"
	"time"
)

const (
	// copyEvery is how often the log is looked at, and brought to the disk: so
	// much of what was committed may be gone after a power failure, and what is
	// committed while the disk takes it.
	copyEvery = time.Second
	// copyFrom is how many pages of the log are worth copying, 16 MB.
	copyFrom = 4 << 10
	// restartFrom is how many pages the log may have before writers are kept
	// waiting until it can begin anew, 256 MB. They wait for the disk three
	// times, which should be seldom: most of the time there is a second before
	// in which nobody writes. A reader that takes long makes the log longer.
	restartFrom = 16 * copyFrom
	// pageSize is in bytes.
	pageSize = 4 << 10
)

// copier copies what the write-ahead log holds into the database file. SQLite
// does so at the end of whichever transaction makes the log long enough, which
// then waits for the disk, and with it everybody who wants to write: a webhook
// that LiveKit waits for among them. On a connection of its own it holds up
// nobody, except for the short rest of a log that has become too long. The log
// begins anew, from copyFrom on, in the first second in which nobody writes. Its
// file keeps its size (no journal_size_limit): whoever begins it anew would wait
// longer for its end to be cut off than for anything else.
type copier struct {
	db   *sql.DB  // keeps no connection
	turn *turn    // of the writers
	file *os.File // the database, nil = it cannot be opened
	disk disk
	log  string    // file of the log
	seen time.Time // when the log had been changed at the last look
	last time.Time // and when it had been changed that nothing was left to do
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

// release comes after the last connection: the system drops SQLite's locks on a
// file when anybody in the process closes it. For the same reason a process has
// one Store of a file at a time, but for those of tests and measurements; of
// several processes one serves (ForServing).
func (c *copier) release() error {
	if c.file == nil {
		return nil
	}
	return c.file.Close()
}

// look copies what is worth it now. What fails, because somebody else copies or
// reads what is old, is done a second later.
func (c *copier) look(ctx context.Context) {
	log, err := os.Stat(c.log)
	if err != nil {
		return
	}
	quiet := log.ModTime().Equal(c.seen)
	c.seen = log.ModTime()
	if time.Since(c.seen) < 2*copyEvery { // once more than needed: the system's clock has coarse ticks
		c.sync()
	}
	if c.disk.failure() != nil || log.Size() < copyFrom*pageSize || log.ModTime().Equal(c.last) {
		return
	}
	length, copied, err := c.checkpoint(ctx, "NOOP")
	if err == nil && length-copied >= copyFrom {
		length, copied, err = c.checkpoint(ctx, "PASSIVE")
	}
	left := length - copied // much only while somebody reads what is old
	if err == nil && left < copyFrom && (length >= restartFrom || quiet && length >= copyFrom) {
		length, copied, err = c.restart(ctx)
	}
	done := length == copied || quiet && length < copyFrom
	if err == nil && copied >= 0 && done { // -1 = somebody else does it
		c.last = log.ModTime()
	}
}

// sync brings the log to the disk. Whoever writes meanwhile does not wait, and
// no lock of SQLite's is on this file.
func (c *copier) sync() {
	log, err := os.Open(c.log)
	if err != nil {
		return // it is gone with the last connection
	}
	defer log.Close()
	_ = c.disk.sync(log) // which remembers
}

// restart copies what is left and has the log begin anew. What was copied before
// is brought to the disk first, so that writers, whose turn it takes, wait for
// little.
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

// checkpoint tells how many pages the log has and how many of them have been
// copied, once it has done what the mode says.
func (c *copier) checkpoint(ctx context.Context, mode string) (length, copied int, err error) {
	var busy int
	err = c.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &length, &copied)
	return length, copied, err
}
