package catalog

import (
	"context"
	"errors"
	"net/http"
	"time"

	"foyer/sdk/reply"
)

// again is when a request that found no process looks once more: the process's
// end may not have been noticed yet, or it was not accepting connections.
const again = 20 * time.Millisecond

var errUnreached = errors.New("the module's process takes no connections")

// handler serves one route wherever the module runs. Requests wait for a start
// that is near, so that killing a process fails only the requests inside it.
func (u *unit) handler(own http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var held holder
		defer held.done()
		for {
			a := u.enter()
			switch {
			case errors.Is(a.err, errOff): // switched off after the gate let it pass
				reply.Fail(w, r, reply.NotFound())
				return
			case a.err == nil:
				if u.serve(w, r, a, own) {
					return
				}
				a.err, a.due = errUnreached, time.Now().Add(again)
			}
			if !held.wait(r.Context(), u.policy.Hold, a) {
				reply.Fail(w, r, reply.Unavailable(u.wait(), a.err))
				return
			}
		}
	}
}

// serve has the instance answer; it returns false if the request did not reach
// it.
func (u *unit) serve(w http.ResponseWriter, r *http.Request, a admission, own http.Handler) (answered bool) {
	defer u.leave()
	ctx, end := u.within(r.Context(), a.cut)
	defer end()
	return a.inst.serve(w, r.WithContext(ctx), own)
}

// holder is what is left of one request's patience.
type holder struct {
	end  time.Time // zero until it has to wait
	over *time.Timer
}

// wait returns true when it is time to try again, false when the request has
// waited long enough or would wait in vain.
func (h *holder) wait(ctx context.Context, patience time.Duration, a admission) bool {
	if h.over == nil {
		h.end, h.over = time.Now().Add(patience), time.NewTimer(patience)
	}
	if a.due.After(h.end) {
		return false
	}
	var look <-chan time.Time
	if a.news == nil {
		look = time.After(time.Until(a.due))
	}
	select {
	case <-a.news:
	case <-look:
	case <-h.over.C:
		return false
	case <-ctx.Done():
		return false
	}
	return true
}

func (h *holder) done() {
	if h.over != nil {
		h.over.Stop()
	}
}
