package httpx

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// refusedHosts tells the operator which host names are refused: a caller using a
// name that was left out of the configuration often neither complains nor tries
// again.
type refusedHosts struct {
	log *slog.Logger

	mu    sync.Mutex
	since time.Time       // when told was started
	told  map[string]bool // hosts
}

const (
	// refusedAgain is when a host is reported again.
	refusedAgain = time.Minute
	// refusedMost is how many are reported in that time: strangers try many.
	refusedMost = 20
)

func newRefusedHosts(log *slog.Logger) *refusedHosts {
	return &refusedHosts{log: log, told: map[string]bool{}}
}

// tell warns of a name that is not allowed. Anything that is not a name could not
// be allowed either, and is not worth a log line.
func (x *refusedHosts) tell(ctx context.Context, header string) {
	if name, ok := hostName(header); ok && x.isNews(name, time.Now()) {
		x.log.WarnContext(ctx, "a request was refused because of the host that it names: is it one of ours?",
			"host", name, "setting", "http.allowed_hosts")
	}
}

func (x *refusedHosts) isNews(name string, now time.Time) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if now.Sub(x.since) > refusedAgain {
		x.since = now
		clear(x.told)
	}
	if x.told[name] || len(x.told) == refusedMost {
		return false
	}
	x.told[name] = true
	return true
}
