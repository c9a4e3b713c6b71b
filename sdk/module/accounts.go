package module

import (
	"context"

	"github.com/google/uuid"
)

// Account is a user, with what decides whether somebody may act for them.
type Account struct {
	User
	Active bool
}

// Accounts finds users as other systems name them, and creates missing ones.
type Accounts interface {
	// ByID returns one account, active or not, or ErrNotFound.
	ByID(ctx context.Context, id uuid.UUID) (Account, error)
	// ByEmail returns the accounts with the address, ignoring the case of ASCII
	// letters: none, one, or several that share it.
	ByEmail(ctx context.Context, email string) ([]Account, error)
	// BySub returns the account with the OIDC subject, or ErrNotFound.
	BySub(ctx context.Context, sub string) (Account, error)
	// CreateProvisional creates an account with an address and no subject, which
	// the first sign-in with that address takes over. ErrNotAllowed if a sign-in
	// could not take it over (external-api.md 1: this needs the fallback to
	// e-mail, and subjects that may be set later). ErrConflict if such an account
	// exists.
	CreateProvisional(ctx context.Context, email string) (Account, error)
	// CreateWithSub creates an account with a subject and nothing else.
	// ErrNotAllowed if sign-in does not create accounts either, ErrInvalid for a
	// subject that no account can have, ErrConflict if it is taken.
	CreateWithSub(ctx context.Context, sub string) (Account, error)
}
