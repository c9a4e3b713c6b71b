package ephemeral

import (
	"context"
	"time"

	"foyer/sdk/module"
)

// Modules counts for modules: each one's keys are separate from those of the
// others and of the gateway itself.
type Modules struct{ Throttle }

// For returns the throttle of the module of that name.
func (m Modules) For(moduleName string) module.Throttle { return ofModule{m.Throttle, moduleName} }

type ofModule struct {
	throttle Throttle
	name     string
}

func (m ofModule) Allow(ctx context.Context, scope, key string) (time.Duration, error) {
	return m.throttle.Allow(ctx, scope, "module:"+m.name+":"+key)
}
