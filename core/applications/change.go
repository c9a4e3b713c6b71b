package applications

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"foyer/core/store"
)

// Change is what to change in an application; fields that it does not name stay
// as they are then, even if others changed them in the meantime. Rights are
// revoked first.
type Change struct {
	Name          *string
	Active        *bool
	Revoke, Grant Rights
}

// Changed is an application before and after a change.
type Changed struct{ Before, After store.Application }

// Any reports whether anything that a Change can change differs.
func (c Changed) Any() bool {
	return c.Before.Name != c.After.Name || c.Before.IsActive != c.After.IsActive ||
		RightsOf(c.Before).String() != RightsOf(c.After).String()
}

// Change changes an application. Its error has a *module.FieldError for every
// fault; store.ErrNotFound if there is no such application.
func (s Service) Change(ctx context.Context, id uuid.UUID, c Change) (Changed, error) {
	c, err := s.check(c)
	if err != nil {
		return Changed{}, err
	}
	var changed Changed
	var faults error
	err = s.store.InTx(ctx, func(tx *store.Tx) (err error) {
		changed.After, err = tx.ChangeApplication(ctx, id, func(a *store.Application) error {
			changed.Before = *a
			if c.Revoke, faults = s.rules.revocable(c.Revoke, RightsOf(*a)); faults != nil {
				return faults
			}
			c.apply(a)
			return nil
		})
		if err != nil {
			return err
		}
		return tx.AppendAudit(ctx, c.entries(ctx, changed.After)...)
	})
	if faults != nil {
		return Changed{}, faults
	}
	if err != nil {
		return Changed{}, err
	}
	return Changed{withoutHashes(changed.Before), withoutHashes(changed.After)}, nil
}

// check checks what it can without knowing the application.
func (s Service) check(c Change) (Change, error) {
	var errs [2]error
	if c.Name != nil {
		var name string
		name, errs[0] = CheckName(*c.Name)
		c.Name = &name
	}
	c.Grant, errs[1] = s.rules.Check(c.Grant)
	return c, errors.Join(errs[:]...)
}

func (c Change) apply(a *store.Application) {
	if c.Name != nil {
		a.Name = *c.Name
	}
	if c.Active != nil {
		a.IsActive = *c.Active
	}
	change := func(list, revoked, granted []string) []string {
		return add(without(slices.Clone(list), revoked...), granted...)
	}
	a.Scopes = change(a.Scopes, c.Revoke.Scopes, c.Grant.Scopes)
	a.Domains = change(a.Domains, c.Revoke.Domains, c.Grant.Domains)
	a.Addresses = change(a.Addresses, c.Revoke.Addresses, c.Grant.Addresses)
	a.RequireDomains = a.RequireDomains && !c.Revoke.RequireDomains || c.Grant.RequireDomains
}

// entries are the lines of the audit log, one for each kind of change. Changes
// that made no difference are included: somebody asked for them.
func (c Change) entries(ctx context.Context, a store.Application) (list []store.AuditEntry) {
	note := func(action, object string) { list = append(list, done(ctx, action, a, object)) }
	if c.Name != nil {
		note("rename", *c.Name)
	}
	if !c.Revoke.Empty() {
		note("revoke", c.Revoke.String())
	}
	if !c.Grant.Empty() {
		note("grant", c.Grant.String())
	}
	if c.Active != nil {
		note(map[bool]string{true: "enable", false: "disable"}[*c.Active], "")
	}
	return list
}

// Delete permanently removes an application and returns it as it was: its tokens
// are refused at once; its rooms and its lines of the audit log stay.
// store.ErrNotFound if there is none.
func (s Service) Delete(ctx context.Context, id uuid.UUID) (was store.Application, err error) {
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if was, err = tx.ApplicationByID(ctx, id); err != nil {
			return err
		}
		if err := tx.DeleteApplication(ctx, id); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, done(ctx, "delete", was, was.Name))
	})
	return withoutHashes(was), err
}
