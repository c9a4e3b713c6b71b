package core

import (
	"context"

	"foyer/core/bearer/verifier"
	"foyer/flags"
	"foyer/sdk/module"
)

// openBearers makes what accepts the tokens of applications. A module that issues
// some and is not configured right says so when it is to start.
func (a *App) openBearers(builtin []module.Module, host func(name string) module.Host) {
	var err error
	a.bearers, err = verifier.Open(builtin, host, func(name string) bool { return a.gates.On(flags.Key(name)) })
	if err != nil {
		a.log.Warn("tokens of applications are not accepted", "error", err)
	}
	a.later(func(context.Context) error { a.bearers.Close(); return nil })
}
