package memory

import (
	"context"
	"time"
)

// bucket identifies a counter: a key of a module in a scope.
type bucket struct{ module, scope, key string }

// throttle implements module.Throttle with the generic cell rate algorithm, like
// the gateway: as many events at once as the rate counts, then evenly spaced.
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
