package catalog

import (
	"slices"

	"foyer/flags"
	"foyer/sdk/module"
)

// on tells whether the module is switched on.
func (u *unit) on() bool { return u.flags.On(flags.Key(u.name)) }

// wanted tells whether the module has to run: it is on, or a flag of its routes
// that stand apart is.
func (u *unit) wanted() bool { return u.on() || u.wantedWith(u.description()) }

// wantedWith is wanted for those who hold the lock.
func (u *unit) wantedWith(about module.Description) bool {
	return u.on() || slices.ContainsFunc(about.Routes, func(r module.Route) bool { return apart(r) && u.flags.On(r.Flag) })
}

// works tells whether events and jobs are for the module now.
func (u *unit) works() bool {
	about := u.description()
	return u.on() || about.Finisher && u.wantedWith(about)
}

// apart tells whether a route hangs on its own flag alone. One without a flag
// hangs on the module's, like any other.
func apart(r module.Route) bool { return r.Apart && r.Flag != "" }

// concerns tells whether the flag may change what the module does.
func (u *unit) concerns(key flags.Key) bool {
	return key == flags.Key(u.name) ||
		slices.ContainsFunc(u.description().Routes, func(r module.Route) bool { return apart(r) && r.Flag == key })
}

// Works tells whether events and jobs are for the named module now; those for
// another one have to wait.
func (c *Catalog) Works(name string) bool {
	u := c.byKey[name]
	return u != nil && u.works()
}
