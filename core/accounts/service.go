package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/identifier"
	"foyer/sdk/module"
)

// Store keeps accounts; *store.Store is one.
type Store interface {
	UserByID(ctx context.Context, id uuid.UUID) (store.User, error)
	UserBySub(ctx context.Context, sub string) (store.User, error)
	UsersByEmail(ctx context.Context, email string) ([]store.User, error)
	CreateUser(ctx context.Context, u store.User) (store.User, error)
	UpdateClaims(ctx context.Context, id uuid.UUID, c store.Claims) error
	UpdateUser(ctx context.Context, id uuid.UUID, c store.UserChange) (store.User, error)
	TouchLogin(ctx context.Context, id uuid.UUID, at time.Time) error
}

// Rules are which accounts modules may create, and what accounts may contain. The
// zero value allows nothing.
type Rules struct {
	// Provisional accounts have an address but no subject. They are only useful
	// if a sign-in can take one over.
	Provisional bool
	// WithSub are accounts that a sign-in would create too.
	WithSub  bool
	Language string // of new accounts, "" = the store's default
	// Languages are the ones that can be chosen.
	Languages []string
}

// Service is the only way to accounts: sign-in, the routes of accounts and
// modules create and change them here. It implements module.Accounts. The caller
// must check who may change one.
type Service struct {
	store Store
	rules Rules
}

// New returns the service for the accounts of s.
func New(s Store, r Rules) Service { return Service{s, r} }

// User is an account as modules see it.
func User(u store.User) module.User {
	return module.User{
		ID: u.ID, Sub: text(u.Sub), Email: text(u.Email), FullName: text(u.FullName), Language: u.Language, Timezone: u.Timezone,
	}
}

// Account is User along with what decides whether somebody may act for it.
func Account(u store.User) module.Account {
	return module.Account{User: User(u), Active: u.IsActive}
}

func accountOf(u store.User, err error) (module.Account, error) {
	if err != nil {
		return module.Account{}, err
	}
	return Account(u), nil
}

func (s Service) ByID(ctx context.Context, id uuid.UUID) (module.Account, error) {
	return accountOf(s.store.UserByID(ctx, id))
}

func (s Service) ByEmail(ctx context.Context, email string) ([]module.Account, error) {
	users, err := s.store.UsersByEmail(ctx, email)
	if errors.Is(err, store.ErrInvalid) {
		return nil, nil // text that no row can contain
	}
	if err != nil {
		return nil, err
	}
	list := make([]module.Account, len(users))
	for i, u := range users {
		list[i] = Account(u)
	}
	return list, nil
}

func (s Service) BySub(ctx context.Context, sub string) (module.Account, error) {
	if !identifier.ValidSub(sub) {
		return module.Account{}, module.ErrNotFound
	}
	return accountOf(s.store.UserBySub(ctx, sub))
}

func (s Service) CreateProvisional(ctx context.Context, email string) (module.Account, error) {
	if !s.rules.Provisional {
		return module.Account{}, fmt.Errorf("create a provisional account: %w", module.ErrNotAllowed)
	}
	if !identifier.ValidEmail(email) {
		return module.Account{}, fmt.Errorf("create a provisional account: %w", module.ErrInvalid)
	}
	return accountOf(s.CreateUser(ctx, store.User{Email: &email, IsActive: true}))
}

func (s Service) CreateWithSub(ctx context.Context, sub string) (module.Account, error) {
	if !s.rules.WithSub {
		return module.Account{}, fmt.Errorf("create an account: %w", module.ErrNotAllowed)
	}
	if !identifier.ValidSub(sub) {
		return module.Account{}, fmt.Errorf("create an account: %w", module.ErrInvalid)
	}
	return accountOf(s.CreateUser(ctx, store.User{Sub: &sub, IsActive: true}))
}

// Users gives modules read access to the accounts.
func (s Service) Users() module.Users { return users{s.store} }

type users struct{ store Store }

func (u users) ByID(ctx context.Context, id uuid.UUID) (module.User, error) {
	found, err := u.store.UserByID(ctx, id)
	if err != nil {
		return module.User{}, err
	}
	return User(found), nil
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
