package memory

import (
	"context"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// flagOf is a flag of one user; uuid.Nil = for everybody.
type flagOf struct {
	key  module.Flag
	user uuid.UUID
}

// SetFlag switches a flag for everybody without a value from SetFlagFor. A flag
// that was never set is off.
func (g *Gateway) SetFlag(key module.Flag, on bool) { g.SetFlagFor(key, uuid.Nil, on) }

// SetFlagFor switches a flag for one user.
func (g *Gateway) SetFlagFor(key module.Flag, user uuid.UUID, on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flags[flagOf{key, user}] = on
}

// flags implements module.Flags.
type flags struct{ gateway *Gateway }

func (f flags) Enabled(_ context.Context, key module.Flag, user uuid.UUID) bool {
	f.gateway.mu.Lock()
	defer f.gateway.mu.Unlock()
	if on, set := f.gateway.flags[flagOf{key, user}]; set {
		return on
	}
	return f.gateway.flags[flagOf{key, uuid.Nil}]
}
