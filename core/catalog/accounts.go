package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"foyer/core/module"
	"foyer/core/module/identifier"
	"foyer/core/store"
)

// AccountStore keeps accounts; *store.Store is one.
type AccountStore interface {
	UserByID(ctx context.Context, id uuid.UUID) (store.User, error)
	UserBySub(ctx context.Context, sub string) (store.User, error)
	UsersByEmail(ctx context.Context, email string) ([]store.User, error)
	CreateUser(ctx context.Context, u store.User) (store.User, error)
}

// AccountRules say which accounts modules may create. The zero value allows
// none.
type AccountRules struct {
	// Provisional accounts have an address and no subject. Without it, a sign-in
	// could never take one over.
	Provisional bool
	// WithSub are those that a sign-in would create too.
	WithSub  bool
	Language string // of new accounts, "" = the store's default
}

// Accounts is module.Host.
func (h *host) Accounts() module.Accounts {
	return hostAccounts{h.services.Store, h.services.Accounts}
}

type hostAccounts struct {
	store AccountStore
	rules AccountRules
}

func moduleUser(u store.User) module.User {
	return module.User{
		ID: u.ID, Sub: text(u.Sub), Email: text(u.Email), FullName: text(u.FullName), Language: u.Language, Timezone: u.Timezone,
	}
}

func moduleAccount(u store.User) module.Account {
	return module.Account{User: moduleUser(u), Active: u.IsActive}
}

func accountOf(u store.User, err error) (module.Account, error) {
	if err != nil {
		return module.Account{}, known(err)
	}
	return moduleAccount(u), nil
}

// ByID is module.Accounts.
func (h hostAccounts) ByID(ctx context.Context, id uuid.UUID) (module.Account, error) {
	return accountOf(h.store.UserByID(ctx, id))
}

// ByEmail is module.Accounts.
func (h hostAccounts) ByEmail(ctx context.Context, email string) ([]module.Account, error) {
	users, err := h.store.UsersByEmail(ctx, email)
	if errors.Is(err, store.ErrInvalid) {
		return nil, nil // text that no row can have
	}
	if err != nil {
		return nil, err
	}
	list := make([]module.Account, len(users))
	for i, u := range users {
		list[i] = moduleAccount(u)
	}
	return list, nil
}

// BySub is module.Accounts.
func (h hostAccounts) BySub(ctx context.Context, sub string) (module.Account, error) {
	if !identifier.ValidSub(sub) {
		return module.Account{}, module.ErrNotFound
	}
	return accountOf(h.store.UserBySub(ctx, sub))
}

// CreateProvisional is module.Accounts.
func (h hostAccounts) CreateProvisional(ctx context.Context, email string) (module.Account, error) {
	if !h.rules.Provisional {
		return module.Account{}, fmt.Errorf("create a provisional account: %w", module.ErrNotAllowed)
	}
	if !identifier.ValidEmail(email) {
		return module.Account{}, fmt.Errorf("create a provisional account: %w", module.ErrInvalid)
	}
	return accountOf(h.store.CreateUser(ctx, store.User{Email: &email, Language: h.rules.Language, IsActive: true}))
}

// CreateWithSub is module.Accounts.
func (h hostAccounts) CreateWithSub(ctx context.Context, sub string) (module.Account, error) {
	if !h.rules.WithSub {
		return module.Account{}, fmt.Errorf("create an account: %w", module.ErrNotAllowed)
	}
	if !identifier.ValidSub(sub) {
		return module.Account{}, fmt.Errorf("create an account: %w", module.ErrInvalid)
	}
	return accountOf(h.store.CreateUser(ctx, store.User{Sub: &sub, Language: h.rules.Language, IsActive: true}))
}
