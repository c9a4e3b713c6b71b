package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"foyer/core/httpx"
	"foyer/flags"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// ErrRoutes is why a module stays down while all others serve: its routes are
// malformed, or not the module's to have.
var ErrRoutes = errors.New("its routes cannot be served")

// Claim has the modules claim their routes, alongside those of the core, from now
// on. Modules whose routes are already known claim them at once, in order. It is
// called once, before Start.
func (c *Catalog) Claim(core []module.Route) {
	c.core, c.mustClaim = core, true
	for _, u := range c.units {
		if about := u.description(); len(about.Routes) > 0 {
			// The same fault comes up again when the module is started.
			_ = c.claim(u, about)
		}
	}
}

// claim reserves for the module the routes it is about to serve. If it may not
// have them, it keeps the ones it had.
func (c *Catalog) claim(u *unit, about module.Description) error {
	if !c.mustClaim {
		return nil
	}
	c.claiming.Lock()
	defer c.claiming.Unlock()
	if u.external { // its handlers exist once it runs
		about.Routes = slices.Clone(about.Routes)
		for i := range about.Routes {
			about.Routes[i].Handler = u.handler(nil)
		}
	}
	err := inBounds(about, u.external)
	all := []httpx.Group{{Routes: c.core}}
	errs := []error{err, alone(about.Prefix, c.core, "the gateway")}
	for _, other := range c.units {
		theirs := other.claimed()
		if other == u || theirs.Name == "" {
			continue
		}
		errs = append(errs, alone(about.Prefix, theirs.Routes, "module "+other.name), alone(theirs.Prefix, about.Routes, "module "+u.name))
		all = append(all, grouped(other.name, theirs.Routes)...)
	}
	if err = errors.Join(errs...); err == nil {
		err = httpx.Fit(append(all, grouped(u.name, about.Routes)...)...)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRoutes, err)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.claims = about
	return nil
}

// alone reports an error if a route of another owner lies below the prefix.
func alone(prefix string, routes []module.Route, whose string) error {
	for _, r := range routes {
		if reaches(r.Path, prefix) {
			return fmt.Errorf("what is below %s is of one module: route %s %s of %s is there too", prefix, r.Method, r.Path, whose)
		}
	}
	return nil
}

// reaches reports whether a path is below the prefix for some value of its
// parameters: rooms/:room/ is below rooms/my-room/ for the room of that name.
func reaches(path, prefix string) bool {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, want := range strings.Split(strings.Trim(prefix, "/"), "/") {
		switch {
		case i == len(segments):
			return false
		case strings.HasPrefix(segments[i], "*"):
			return true
		case segments[i] != want && !strings.HasPrefix(segments[i], ":"):
			return false
		}
	}
	return true
}

// release gives up the module's claim when it is switched off and its routes are
// not this program's, so that another module may have them. The caller must not
// hold the lock of claims.
func (u *unit) release() {
	u.mu.Lock()
	had := u.external && u.claims.Name != ""
	if had {
		u.claims = module.Description{}
	}
	u.mu.Unlock()
	if had && u.changed != nil {
		u.changed()
	}
}

// inBounds reports an error unless the routes are below the module's prefix or
// allowed outside of it.
func inBounds(about module.Description, external bool) error {
	if p := about.Prefix; !strings.HasPrefix(p, "/") || !strings.HasSuffix(p, "/") || len(p) < 2 || strings.ContainsAny(p, ":*") {
		return fmt.Errorf("%q is not a prefix of routes: it is absolute, ends in a slash and has no parameters", p)
	}
	var errs []error
	for _, r := range about.Routes {
		if rule := r.Access.Rule(); rule.Kind == module.Secret("").Rule().Kind {
			if _, found := about.Secrets[rule.Secret]; !found {
				errs = append(errs, fmt.Errorf("route %s %s asks for the secret %q, which is not a setting of the module", r.Method, r.Path, rule.Secret))
			}
		}
		switch {
		case strings.HasPrefix(r.Path, about.Prefix) && !r.Outside:
		case r.Outside && external:
			errs = append(errs, fmt.Errorf("route %s %s is outside of %s, which only modules of the gateway's own may have", r.Method, r.Path, about.Prefix))
		case r.Outside:
		default:
			errs = append(errs, fmt.Errorf("route %s %s is not below %s", r.Method, r.Path, about.Prefix))
		}
	}
	return errors.Join(errs...)
}

// claimed is what others must leave alone; its Name is "" when nothing is
// claimed.
func (u *unit) claimed() module.Description {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.claims
}

// Groups returns the routes that are served now: one group per module, and one
// for its routes that stand apart. Their handlers stay valid across restarts.
func (c *Catalog) Groups() []httpx.Group {
	var all []httpx.Group
	for _, u := range c.units {
		routes := u.routes(c.mustClaim)
		for i, r := range routes {
			routes[i].Handler, routes[i].Access = u.handler(r.Handler), r.Access.Of(u.name)
		}
		all = append(all, grouped(u.name, routes)...)
	}
	return all
}

// routes is a copy of what the module serves; if claimed is set, only once the
// module has claimed it.
func (u *unit) routes(claimed bool) []module.Route {
	u.mu.Lock()
	defer u.mu.Unlock()
	if claimed && u.claims.Name == "" {
		return nil
	}
	return slices.Clone(u.about.Routes)
}

func grouped(name string, routes []module.Route) (all []httpx.Group) {
	own, free := httpx.Group{Owner: name, Flag: flags.Key(name)}, httpx.Group{Owner: name}
	for _, r := range routes {
		if apart(r) {
			free.Routes = append(free.Routes, r)
		} else {
			own.Routes = append(own.Routes, r)
		}
	}
	for _, g := range []httpx.Group{own, free} {
		if len(g.Routes) > 0 {
			all = append(all, g)
		}
	}
	return all
}

// Secret returns the secret that a route with the access rule module.Secret asks
// for, by the name that Groups gives it; found reports whether it exists.
func (c *Catalog) Secret(name string) (value conf.Secret, found bool) {
	moduleName, key, _ := strings.Cut(name, ".")
	u := c.byKey[moduleName]
	if u == nil {
		return conf.Secret{}, false
	}
	value, found = u.description().Secrets[key]
	return value, found
}
