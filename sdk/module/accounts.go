package module

import (
	"context"

	"github.com/google/uuid"
)

// Account is a user with what decides whether somebody may act for them.
type Account struct {
	User
	Active bool
}

// Accounts finds users as other systems name them, and makes those that are
// not there yet.
type Accounts interface {
	// ByID returns one account, active or not, or ErrNotFound.
	ByID(ctx context.Context, id uuid.UUID) (Account, error)
	// ByEmail returns the accounts with the address, ignoring the case of ASCII
	// letters: none, one, or several that share it.
	ByEmail(ctx context.Context, email string) ([]Account, error)
	// BySub returns the account with the OIDC subject, or ErrNotFound.
	BySub(ctx context.Context, sub string) (Account, error)
	// CreateProvisional makes an account with an address and no subject, which
	// the first sign-in with that address takes over. ErrNotAllowed where a
	// sign-in could not (external-api.md 1: it needs the fallback to e-mail, and
	// subjects that may be set later). ErrConflict when such an account exists.
	CreateProvisional(ctx context.Context, email string) (Account, error)
	// CreateWithSub makes an account with a subject and nothing else.
	// ErrNotAllowed when accounts are not created at sign-in either, ErrInvalid
	// for a subject that no account can have, ErrConflict when it is taken.
	CreateWithSub(ctx context.Context, sub string) (Account, error)
}
