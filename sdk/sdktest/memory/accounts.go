package memory

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"foyer/sdk/identifier"
	"foyer/sdk/module"
)

// accounts implements module.Accounts.
type accounts struct {
	gateway *Gateway
	name    string
}

func (a accounts) ByID(_ context.Context, id uuid.UUID) (module.Account, error) {
	return a.gateway.account("user "+id.String(), func(x module.Account) bool { return x.ID == id })
}

func (a accounts) ByEmail(_ context.Context, email string) ([]module.Account, error) {
	a.gateway.mu.Lock()
	defer a.gateway.mu.Unlock()
	return a.gateway.accountsBy(func(x module.Account) bool {
		return x.Email != "" && identifier.Fold(x.Email) == identifier.Fold(email)
	}), nil
}

func (a accounts) BySub(_ context.Context, sub string) (module.Account, error) {
	return a.gateway.account("user by sub", func(x module.Account) bool { return x.Sub != "" && x.Sub == sub })
}

func (a accounts) CreateProvisional(_ context.Context, email string) (module.Account, error) {
	return a.create(module.User{Email: email}, !a.gateway.options.NoProvisional, identifier.ValidEmail(email))
}

func (a accounts) CreateWithSub(_ context.Context, sub string) (module.Account, error) {
	return a.create(module.User{Sub: sub}, !a.gateway.options.NoAccounts, identifier.ValidSub(sub))
}

func (a accounts) create(u module.User, allowed, valid bool) (module.Account, error) {
	switch {
	case !allowed:
		return module.Account{}, fmt.Errorf("create an account: %w", module.ErrNotAllowed)
	case !valid:
		return module.Account{}, fmt.Errorf("create an account: %w", module.ErrInvalid)
	}
	u.Language = a.gateway.options.Language
	a.gateway.mu.Lock()
	defer a.gateway.mu.Unlock()
	made, err := a.gateway.addUser(module.Account{User: u, Active: true}, module.Author{Module: a.name})
	if err != nil {
		return module.Account{}, err
	}
	return made, nil
}
