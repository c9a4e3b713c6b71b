package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// outageLook is how often a database that takes no writes is asked again.
	outageLook = 3 * time.Second
	// outageRest is how long after the database's return failures are still
	// attributed to the outage: they were under way.
	outageRest = 3 * time.Second
	// outageHeld is how many log lines are held back while the database is asked.
	outageHeld = 100
)

// outage keeps what follows from a database that takes no writes out of the log.
// The queue looks for jobs once a second in each of its queues and logs every
// failure, while the store logs once that nothing can be written, and once that
// it can again. River reports failures as text, so the database is asked whether
// one is due to that.
type outage struct {
	// writable asks the database now; it logs a change by itself.
	writable func(context.Context) error

	mu       sync.Mutex
	ctx      context.Context // of those who ask it, nil = nobody does any more
	stop     context.CancelFunc
	looks    sync.WaitGroup
	watching bool
	away     bool // known to be
	held     heldLines
}

func newOutage(writable func(context.Context) error) *outage {
	o := &outage{writable: writable}
	o.ctx, o.stop = context.WithCancel(context.Background())
	return o
}

// end stops asking. Lines held back are written.
func (o *outage) end() {
	o.mu.Lock()
	o.ctx = nil
	o.mu.Unlock()
	o.stop()
	o.looks.Wait()
	rest, _ := o.waiting()
	rest.write()
}

// takes reports whether a warning or an error follows from an outage, or must
// wait to find out.
func (o *outage) takes(next slog.Handler, r slog.Record) (follows, waits bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.away:
		return true, false
	case o.ctx == nil || len(o.held) >= outageHeld:
		return false, false
	}
	o.held = append(o.held, heldLine{next, r.Clone()})
	if !o.watching {
		o.watching = true
		ctx := o.ctx
		o.looks.Go(func() { o.watch(ctx) })
	}
	return false, true
}

// watch asks for as long as lines are waiting for the answer, or nothing can be
// written.
func (o *outage) watch(ctx context.Context) {
	for rested := false; ; {
		lines, more := o.waiting()
		if !more {
			return
		}
		switch err := o.writable(ctx); {
		case ctx.Err() != nil:
			lines.write()
			return
		case err != nil:
			lines = append(lines, o.begins()...)
			lines.lower()
			lines.write()
			lines, rested = nil, false
			pause(ctx, outageLook)
		case o.isAway() && !rested:
			rested = true
			pause(ctx, outageRest)
		default:
			o.ends()
		}
		lines.write()
	}
}

// waiting takes the lines held back, and reports whether there is more to watch.
func (o *outage) waiting() (lines heldLines, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines, o.held = o.held, nil
	o.watching = o.away || len(lines) > 0
	return lines, o.watching
}

// begins returns the lines that came while the database was asked.
func (o *outage) begins() (lines heldLines) {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines, o.held = o.held, nil
	o.away = true
	return lines
}

func (o *outage) ends() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.away = false
}

func (o *outage) isAway() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.away
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// heldLine is a line and the handler that writes it.
type heldLine struct {
	next   slog.Handler
	record slog.Record
}

type heldLines []heldLine

// lower turns them into debug output.
func (all heldLines) lower() {
	for i := range all {
		all[i].record.Level = slog.LevelDebug
	}
}

func (all heldLines) write() {
	ctx := context.Background() // the context of whatever failed may be over
	for _, x := range all {
		if x.next.Enabled(ctx, x.record.Level) {
			_ = x.next.Handle(ctx, x.record) // there is nobody to tell
		}
	}
}
