package recording

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"foyer/sdk/livekit"
)

// How long, and how often, a LiveKit server that does not answer is asked whether it can
// record: it may be starting at the same time as the gateway.
const (
	askWorkers   = 2 * time.Minute
	askWorkersIn = 5 * time.Second
)

// workers is a running check whether anything can record at all.
type workers struct {
	end  context.CancelFunc
	done chan struct{}
}

// ask runs the check in the background, because a start waits for no other server, and
// warns if nothing can record. ctx belongs to the start: its end does not stop the
// check.
func ask(ctx context.Context, live *livekit.Client, log *slog.Logger) *workers {
	ctx, end := context.WithTimeout(context.WithoutCancel(ctx), askWorkers)
	w := &workers{end: end, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		defer end()
		for {
			err := live.CheckEgress(ctx)
			if errors.Is(err, livekit.ErrNoEgress) {
				log.WarnContext(ctx, "recordings are offered and cannot be made: LiveKit has no Redis, through which it meets its egress workers", "error", err)
			}
			if !errors.Is(err, livekit.ErrUnavailable) {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(askWorkersIn):
			}
		}
	}()
	return w
}

// stop returns once the check has ended.
func (w *workers) stop() {
	w.end()
	<-w.done
}
