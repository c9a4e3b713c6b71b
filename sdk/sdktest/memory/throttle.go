package memory

import (
	"context"
	"time"
)

// bucket is what is counted for one key of a module.
type bucket struct{ module, scope, key string }

// throttle is module.Throttle, by the generic cell rate algorithm as the gateway's:
// as many events at once as the rate counts, then evenly one after the other.
type throttle struct {
	gateway *Gateway
	name    string
}

func (t throttle) Allow(_ context.Context, scope, key string) (wait time.Duration, err error) {
	rate := t.gateway.options.Rates[scope]
	if rate.Count <= 0 || rate.Period <= 0 {
		return 0, nil
	}
	t.gateway.mu.Lock()
	defer t.gateway.mu.Unlock()
	now, of := t.gateway.now(), bucket{t.name, scope, key}
	empty := t.gateway.buckets[of]
	if empty.Before(now) {
		empty = now
	}
	empty = empty.Add(rate.Period / time.Duration(rate.Count))
	if wait = empty.Sub(now) - rate.Period; wait > 0 {
		return wait, nil
	}
	t.gateway.buckets[of] = empty
	return 0, nil
}
