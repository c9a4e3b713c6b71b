package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"foyer/sdk/identifier"
	"foyer/sdk/module"
)

// user is an account with its place in the order of sign-up.
type user struct {
	module.Account
	number int
}

// addUser stores an account and fills in empty fields; the lock is held.
func (g *Gateway) addUser(a module.Account, by module.Author) (module.Account, error) {
	if a.ID == uuid.Nil {
		a.ID = uuid.New()
	}
	a.Language, a.Timezone = cmp.Or(a.Language, "en-us"), cmp.Or(a.Timezone, "UTC")
	for _, other := range g.users {
		sameEmail := a.Email != "" && a.Sub == "" && other.Sub == "" && identifier.Fold(a.Email) == identifier.Fold(other.Email)
		if other.ID == a.ID || a.Sub != "" && a.Sub == other.Sub || sameEmail {
			return a, fmt.Errorf("create user: %w", module.ErrConflict)
		}
	}
	g.users[a.ID] = &user{a, len(g.users)}
	g.tell(module.EventUserCreated, uuid.Nil, module.UserCreated{User: a.ID, By: by})
	return a, nil
}

// accountsBy returns the accounts for which is holds, newest first; the lock is
// held.
func (g *Gateway) accountsBy(is func(module.Account) bool) (list []module.Account) {
	var found []*user
	for _, u := range g.users {
		if is(u.Account) {
			found = append(found, u)
		}
	}
	slices.SortFunc(found, func(a, b *user) int { return b.number - a.number })
	for _, u := range found {
		list = append(list, u.Account)
	}
	return list
}

// account is the account for which is holds, or ErrNotFound.
func (g *Gateway) account(what string, is func(module.Account) bool) (module.Account, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := g.accountsBy(is)
	if len(list) == 0 {
		return module.Account{}, fmt.Errorf("find %s: %w", what, module.ErrNotFound)
	}
	return list[0], nil
}

// users implements module.Users.
type users struct{ gateway *Gateway }

func (u users) ByID(_ context.Context, id uuid.UUID) (module.User, error) {
	a, err := u.gateway.account("user "+id.String(), func(a module.Account) bool { return a.ID == id })
	return a.User, err
}
