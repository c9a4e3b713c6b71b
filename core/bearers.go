package core

import (
	"context"

	"foyer/core/bearer/verifier"
	"foyer/flags"
	"foyer/sdk/module"
)

// openBearers builds the verifier of applications' tokens. A token-issuing module
// that is misconfigured says so when it is started.
func (a *App) openBearers(builtin []module.Module, host func(name string) module.Host) {
	var err error
	a.bearers, err = verifier.Open(builtin, host, func(name string) bool { return a.gates.On(flags.Key(name)) })
	if err != nil {
		a.log.Warn("tokens of applications are not accepted", "error", err)
	}
	a.later(func(context.Context) error { a.bearers.Close(); return nil })
}
