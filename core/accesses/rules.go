package accesses

import (
	"errors"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/reply"
)

// The refusals of core-rest.md 9.

func notRuled() error {
	return reply.Detail(http.StatusForbidden, "You must be administrator or owner of a room to add accesses to it.")
}

func notOwner() error {
	return reply.Detail(http.StatusForbidden, "Only owners of a room can assign other users as owners.")
}

func lastOwner() error {
	return reply.Detail(http.StatusForbidden, "A resource should keep at least one owner.")
}

func duplicate() error {
	return reply.InvalidField("non_field_errors", "Resource access with this User and Resource already exists.")
}

// mayAdd: administrators and owners add accesses, but only owners add owners.
func mayAdd(caller, given store.Role) error {
	switch {
	case !caller.Privileged():
		return notRuled()
	case given == store.Owner && caller != store.Owner:
		return notOwner()
	}
	return nil
}

// maySet: as mayAdd, and an owner's access is changed only by that owner, even if
// the change changes nothing.
func maySet(a store.AccessWithRole, caller uuid.UUID, given store.Role) error {
	switch {
	case !a.ViewerRole.Privileged():
		return reply.Forbidden()
	case given == store.Owner && a.ViewerRole != store.Owner, a.Role == store.Owner && a.UserID != caller:
		return notOwner()
	}
	return nil
}

// mayRemove: an owner's access is removed only by that owner, others' by
// administrators and owners.
func mayRemove(a store.AccessWithRole, caller uuid.UUID) error {
	if a.Role == store.Owner && a.UserID != caller || !a.ViewerRole.Privileged() {
		return reply.Forbidden()
	}
	return nil
}

// shown turns errors of the store into the contract's answers.
func shown(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return reply.NoMatch("ResourceAccess")
	case errors.Is(err, store.ErrLastOwner):
		return lastOwner()
	}
	return err
}
