package catalog

import (
	"context"
	"time"

	"foyer/core/module"
)

// Limiter counts events; *ephemeral.MemoryThrottle does.
type Limiter interface {
	Allow(ctx context.Context, scope, key string) (wait time.Duration, err error)
}

// Throttle is module.Host.
func (h *host) Throttle() module.Throttle { return hostThrottle{h.services.Throttle, h.name} }

// hostThrottle keeps the keys of modules apart from each other and from those
// that the gateway counts by itself.
type hostThrottle struct {
	limiter Limiter
	name    string
}

// Allow is module.Throttle.
func (h hostThrottle) Allow(ctx context.Context, scope, key string) (time.Duration, error) {
	if h.limiter == nil {
		return 0, nil
	}
	return h.limiter.Allow(ctx, scope, "module:"+h.name+":"+key)
}
