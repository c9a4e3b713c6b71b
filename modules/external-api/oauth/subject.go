package oauth

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"foyer/sdk/identifier"
	"foyer/sdk/module"
)

// account finds the user with the address, provided the application may act for them
// (external-api.md 1, checks 7 to 11).
func (s *Server) account(ctx context.Context, app *module.Application, email string) (module.Account, error) {
	if !identifier.ValidEmail(email) {
		return module.Account{}, noEmail()
	}
	if !mayActFor(app, email) {
		s.o.Log.WarnContext(ctx, "application not authorized for an e-mail domain", "client_id", app.ClientID, "email", email)
		return module.Account{}, foreignDomain()
	}
	list, err := s.accounts.Do(ctx, identifier.Fold(email), func(ctx context.Context) ([]module.Account, error) {
		return s.o.Accounts.ByEmail(ctx, email)
	})
	if err != nil {
		return module.Account{}, fmt.Errorf("find the user: %w", err)
	}
	switch len(list) {
	case 0:
		return s.provisional(ctx, app, email)
	case 1:
		return list[0], nil
	}
	return module.Account{}, severalUsers()
}

// mayActFor checks an address against the application's domains.
func mayActFor(app *module.Application, email string) bool {
	if len(app.Domains) == 0 {
		return !app.RequireDomains
	}
	domain, ok := identifier.MailDomain(email)
	return ok && slices.ContainsFunc(app.Domains, func(d string) bool { return identifier.Fold(d) == domain })
}

// provisional creates an account, where that is allowed, which the first sign-in with
// the address takes over.
func (s *Server) provisional(ctx context.Context, app *module.Application, email string) (module.Account, error) {
	if !s.o.Config.AllowUserCreation {
		return module.Account{}, noUser()
	}
	account, err := s.o.Accounts.CreateProvisional(ctx, email)
	switch {
	case err == nil:
		s.o.Log.InfoContext(ctx, "provisional user created", "user", account.ID, "email", email, "client_id", app.ClientID)
		return account, nil
	case errors.Is(err, module.ErrNotAllowed):
		return module.Account{}, noUser()
	case !errors.Is(err, module.ErrConflict):
		return module.Account{}, fmt.Errorf("create a provisional user: %w", err)
	}
	// Somebody else was first, most likely a concurrent request.
	s.o.Log.WarnContext(ctx, "provisional user was created by another request", "email", email, "client_id", app.ClientID)
	list, err := s.o.Accounts.ByEmail(ctx, email)
	switch {
	case err != nil:
		return module.Account{}, fmt.Errorf("find the user: %w", err)
	case len(list) == 1:
		return list[0], nil
	case len(list) > 1:
		return module.Account{}, severalUsers()
	}
	return module.Account{}, lostRace()
}
