package auth

import (
	"net/http"

	"foyer/core/bearer"
	"foyer/sdk/module"
)

// admitApplication lets the bearer of a program's token through if the token has
// the scope.
func (a *Auth) admitApplication(r *http.Request, caller *module.Caller, scope string) error {
	who, err := a.bearers().Admit(r, scope)
	if err != nil {
		return err
	}
	caller.UserID, caller.Sub = who.Account.ID, who.Account.Sub
	caller.Application = &module.CallingApplication{
		ID: who.Application, ClientID: who.ClientID, Source: who.Source, Kind: string(who.Kind), Scopes: who.Scopes,
	}
	return nil
}

// bearers verifies tokens; without a verifier it accepts none.
func (a *Auth) bearers() Bearers {
	if a.o.Bearers == nil {
		return bearer.Chain(nil)
	}
	return a.o.Bearers
}
