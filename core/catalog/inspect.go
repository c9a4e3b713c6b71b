package catalog

import (
	"context"
	"errors"
	"fmt"
)

// Inspect reports, by name, what keeps modules that are on from being served: the
// binary of an external module, its section of the configuration, its routes.
// Binaries are run only to be asked, not started as modules. Call Claim first;
// Start must not follow.
func (c *Catalog) Inspect(ctx context.Context) (map[string]error, error) {
	if err := c.openDir(); err != nil {
		return nil, fmt.Errorf("inspect modules: %w", err)
	}
	faults := map[string]error{}
	for _, u := range c.units {
		if !u.wanted() {
			continue
		}
		if err := u.inspect(ctx); err != nil {
			faults[u.name] = err
		}
	}
	return faults, c.closeDir()
}

func (u *unit) inspect(ctx context.Context) error {
	if !u.external {
		if about := u.description(); len(about.Routes) > 0 {
			return u.claim(about)
		}
		if p, ok := u.place.(*inProcess); ok {
			_, err := p.open(ctx)
			return err
		}
		return nil
	}
	ctx, stop := context.WithTimeout(ctx, u.policy.Start)
	defer stop()
	inst, err := u.place.open(ctx)
	if err != nil {
		return err
	}
	about := inst.describe()
	if err := u.claim(about); err != nil {
		return errors.Join(err, u.stop(ctx, inst))
	}
	u.mu.Lock()
	u.about = about
	u.mu.Unlock()
	return u.stop(ctx, inst)
}
