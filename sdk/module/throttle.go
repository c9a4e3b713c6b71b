package module

import (
	"context"
	"time"
)

// Throttle counts what a route's own limit cannot: by a key that only the module
// knows. The rates are configured (throttles.<scope>); replicas share the counts.
type Throttle interface {
	// Allow counts one event. wait > 0 refuses it, and is the time until the next
	// one will be accepted; refused events do not count. A scope without a rate
	// allows everything.
	Allow(ctx context.Context, scope, key string) (wait time.Duration, err error)
}
