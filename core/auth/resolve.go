package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"foyer/core/store"
	"foyer/sdk/identifier"
	"foyer/sdk/module"
)

// errRefused marks sign-ins that our rules refuse, as opposed to failures.
var errRefused = errors.New("refused")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errRefused}, args...)...)
}

// resolve finds or creates the account of an identity and brings it up to date
// (core-rest.md 3.3). An errRefused is a decision, anything else a failure.
func (a *Auth) resolve(ctx context.Context, id identity) (store.User, error) {
	sub, _ := id.claims["sub"].(string)
	if !identifier.ValidSub(sub) {
		return store.User{}, refuse("userinfo has no sub, or one with a NUL or of more than 255 characters")
	}
	if sub != id.sub {
		return store.User{}, refuse("userinfo is about another sub than the id token")
	}
	for _, name := range a.o.OIDC.Essential {
		if _, ok := id.claims[name]; !ok {
			return store.User{}, refuse("userinfo lacks the essential claim %q", name)
		}
	}
	p := a.profileOf(sub, id.claims)
	ctx = module.WithAuthor(ctx, module.Author{SignIn: true})
	user, err := a.settle(ctx, p)
	if errors.Is(err, store.ErrConflict) {
		// Somebody else was first, most likely another tab of the same new user.
		user, err = a.settle(ctx, p)
	}
	return user, err
}

func (a *Auth) settle(ctx context.Context, p profile) (store.User, error) {
	user, err := a.find(ctx, p)
	if errors.Is(err, store.ErrNotFound) {
		return a.create(ctx, p)
	}
	if err != nil {
		return store.User{}, err
	}
	if !user.IsActive {
		return store.User{}, refuse("account %s is not active", user.ID)
	}
	return a.update(ctx, user, p)
}

// find looks the account up by sub, then by e-mail if that is configured.
func (a *Auth) find(ctx context.Context, p profile) (store.User, error) {
	user, err := a.o.Users.UserBySub(ctx, p.sub)
	if err == nil {
		return user, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return store.User{}, fmt.Errorf("find the account: %w", err)
	}
	if !a.o.OIDC.EmailFallback || p.email == "" {
		return store.User{}, store.ErrNotFound
	}
	users, err := a.o.Users.UsersByEmail(ctx, p.email)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.User{}, fmt.Errorf("find the account by e-mail: %w", err)
	}
	switch len(users) {
	case 0:
		return store.User{}, store.ErrNotFound
	case 1:
		return users[0], nil
	}
	return store.User{}, refuse("%d accounts share the e-mail address", len(users))
}

func (a *Auth) create(ctx context.Context, p profile) (store.User, error) {
	if !a.o.OIDC.CreateUser {
		return store.User{}, refuse("no account, and creating is off")
	}
	account := store.User{
		Sub: &p.sub, Email: optional(p.email), FullName: optional(p.fullName.text), ShortName: optional(p.shortName.text),
		Language: a.o.Language, Timezone: "UTC", IsActive: true,
	}
	user, err := a.o.Users.CreateUser(ctx, account)
	if profileAtFault(err) {
		a.warnOfProfile(ctx, "the account is made without names and e-mail address", "cause", err)
		account.Email, account.FullName, account.ShortName = nil, nil, nil
		user, err = a.o.Users.CreateUser(ctx, account)
	}
	if err != nil {
		return store.User{}, fmt.Errorf("create the account: %w", err)
	}
	if len(p.odd) > 0 || p.fullName.cut || p.shortName.cut {
		a.warnOfProfile(ctx, "some of it is not kept, or cut", "user", user.ID, "odd", p.odd)
	}
	if a.o.OnNewUser != nil {
		a.o.OnNewUser(ctx, user)
	}
	return user, nil
}

// update stores the claims that are present and differ; empty ones erase nothing,
// and where a value cannot be stored the old one stays.
func (a *Auth) update(ctx context.Context, user store.User, p profile) (store.User, error) {
	kept := user
	var change store.Claims
	apply := func(to, stored **string, claim string) {
		if claim != "" && (*stored == nil || **stored != claim) {
			*to, *stored = &claim, &claim
		}
	}
	odd := p.odd
	applyName := func(to, stored **string, claim name, what string) {
		if !claim.cut || *stored == nil || **stored == "" || **stored == claim.text {
			apply(to, stored, claim.text)
			return
		}
		if !slices.Contains(odd, what) {
			odd = append(odd, what)
		}
	}
	if user.Sub == nil || !a.o.OIDC.SubImmutable {
		apply(&change.Sub, &user.Sub, p.sub)
	}
	apply(&change.Email, &user.Email, p.email)
	applyName(&change.FullName, &user.FullName, p.fullName, "full name")
	applyName(&change.ShortName, &user.ShortName, p.shortName, "short name")
	if len(odd) > 0 {
		a.warnOfProfile(ctx, "what is stored stays", "user", user.ID, "odd", odd)
	}
	if change == (store.Claims{}) {
		return user, nil
	}
	err := a.o.Users.UpdateClaims(ctx, user.ID, change)
	if profileAtFault(err) {
		a.warnOfProfile(ctx, "what is stored stays", "user", user.ID, "cause", err)
		kept.Sub = user.Sub
		user, change = kept, store.Claims{Sub: change.Sub}
		if change.Sub == nil {
			return user, nil
		}
		err = a.o.Users.UpdateClaims(ctx, user.ID, change)
	}
	if err != nil {
		return store.User{}, fmt.Errorf("update account %s: %w", user.ID, err)
	}
	return user, nil
}

// profileAtFault reports whether the store refused an account for something other
// than its subject, which has been checked: a rule of the operator's own
// database, such as unique addresses.
func profileAtFault(err error) bool {
	if conflict, ok := errors.AsType[*store.Conflict](err); ok {
		return conflict.Field != "sub"
	}
	return errors.Is(err, store.ErrInvalid)
}

func (a *Auth) warnOfProfile(ctx context.Context, outcome string, args ...any) {
	a.log.WarnContext(ctx, "a sign-in told names or an e-mail address that cannot be stored: "+outcome, args...)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
