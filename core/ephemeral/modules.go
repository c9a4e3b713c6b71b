package ephemeral

import (
	"context"
	"time"

	"foyer/sdk/module"
)

// Modules counts for modules: the keys of each are apart from those of others,
// and from those that the gateway counts by itself.
type Modules struct{ Throttle }

// For counts for the module of that name.
func (m Modules) For(moduleName string) module.Throttle { return ofModule{m.Throttle, moduleName} }

type ofModule struct {
	throttle Throttle
	name     string
}

func (m ofModule) Allow(ctx context.Context, scope, key string) (time.Duration, error) {
	return m.throttle.Allow(ctx, scope, "module:"+m.name+":"+key)
}
