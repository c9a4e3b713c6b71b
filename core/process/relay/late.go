package relay

import (
	"sync/atomic"
	"time"
)

// turn tracks how long it has been the server's turn: to take more of the
// request, or to begin its answer. A client slow to send its body is not the
// server's fault.
type turn struct {
	request time.Time    // when the request came
	since   atomic.Int64 // nanoseconds after that, 0 = it is the client's turn
}

func (t *turn) begin() { t.since.Store(int64(time.Since(t.request)) + 1) }
func (t *turn) end()   { t.since.Store(0) }

func (t *turn) took() time.Duration {
	since := t.since.Load()
	if since == 0 {
		return 0
	}
	return time.Since(t.request) - time.Duration(since)
}

func (r *Relay) await(x *exchange) {
	x.turn.request = time.Now()
	x.turn.begin()
	r.mu.Lock()
	r.waiting[x] = struct{}{}
	r.mu.Unlock()
}

func (r *Relay) answered(x *exchange) {
	r.mu.Lock()
	delete(r.waiting, x)
	r.mu.Unlock()
}

// Expire ends the requests that have waited for the server for longer than that,
// with ErrLate. It is called periodically: a timer per request would cost more
// than the request does.
func (r *Relay) Expire(longer time.Duration) {
	r.mu.Lock()
	var late []*conn
	for x := range r.waiting {
		if x.turn.took() > longer {
			x.late.Store(true)
			late = append(late, x.conn)
		}
	}
	r.mu.Unlock()
	closeAll(late)
}
