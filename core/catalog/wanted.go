package catalog

import (
	"slices"

	"foyer/flags"
	"foyer/sdk/module"
)

// on reports whether the module is switched on.
func (u *unit) on() bool { return u.flags.On(flags.Key(u.name)) }

// wanted reports whether the module should run: it is on, or a flag of one of its
// routes that stand apart is.
func (u *unit) wanted() bool { return u.on() || u.wantedWith(u.description()) }

// wantedWith is wanted for callers that hold the lock.
func (u *unit) wantedWith(about module.Description) bool {
	return u.on() || slices.ContainsFunc(about.Routes, func(r module.Route) bool { return apart(r) && u.flags.On(r.Flag) })
}

// works reports whether the module receives events and jobs now.
func (u *unit) works() bool {
	about := u.description()
	return u.on() || about.Finisher && u.wantedWith(about)
}

// apart reports whether a route depends on its own flag alone. One without a flag
// depends on the module's, as usual.
func apart(r module.Route) bool { return r.Apart && r.Flag != "" }

// concerns reports whether the flag may change what the module does.
func (u *unit) concerns(key flags.Key) bool {
	return key == flags.Key(u.name) ||
		slices.ContainsFunc(u.description().Routes, func(r module.Route) bool { return apart(r) && r.Flag == key })
}

// Works reports whether the named module receives events and jobs now; those of
// any other have to wait.
func (c *Catalog) Works(name string) bool {
	u := c.byKey[name]
	return u != nil && u.works()
}
