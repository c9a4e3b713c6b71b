package httpx

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// refusedHosts tells the operator which names are refused: whoever called by a
// name that was forgotten often does not tell, and does not try again.
type refusedHosts struct {
	log *slog.Logger

	mu    sync.Mutex
	since time.Time       // when told began
	told  map[string]bool // hosts
}

const (
	// refusedAgain is when a host is told again.
	refusedAgain = time.Minute
	// refusedMost are told in that time: strangers try many.
	refusedMost = 20
)

func newRefusedHosts(log *slog.Logger) *refusedHosts {
	return &refusedHosts{log: log, told: map[string]bool{}}
}

// tell warns of a name that is not allowed. What is not a name cannot be allowed
// either, and is not worth a line.
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
