package catalog

import (
	"context"
	"errors"
	"net/http"
	"time"

	"foyer/sdk/reply"
)

// again is when a request that found no process looks once more: its end may
// not have been noticed yet, or it took no connections at that moment.
const again = 20 * time.Millisecond

var errUnreached = errors.New("the module's process takes no connections")

// handler serves one route wherever the module runs. While a start is near,
// requests wait for it: a process that is killed fails what was in it, and
// nothing else.
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

// serve has the instance answer; false when the request did not reach it.
func (u *unit) serve(w http.ResponseWriter, r *http.Request, a admission, own http.Handler) (answered bool) {
	defer u.leave()
	ctx, end := u.within(r.Context(), a.cut)
	defer end()
	return a.inst.serve(w, r.WithContext(ctx), own)
}

// holder is the patience of one request, as much as it has left.
type holder struct {
	end  time.Time // zero until it has to wait
	over *time.Timer
}

// wait returns true when it is time to try again, false when the request has
// waited for long enough or would wait in vain.
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
