package module

import (
	"context"

	"github.com/google/uuid"
)

// Author is who makes a change, as far as the core knows. The zero value is an
// operator at the command line, or the gateway itself.
type Author struct {
	User        uuid.UUID `json:"user,omitzero"`
	Application uuid.UUID `json:"application,omitzero"` // in the user's name
	Module      string    `json:"module,omitempty"`     // that asked the core for it
	SignIn      bool      `json:"sign_in,omitempty"`    // of the account itself
}

type authorKey struct{}

// WithAuthor returns a context in which a makes the changes; the host calls it.
func WithAuthor(ctx context.Context, a Author) context.Context {
	return context.WithValue(ctx, authorKey{}, a)
}

// AuthorFrom returns the author of changes made in the context: the one given to
// WithAuthor, or else the account behind the request.
func AuthorFrom(ctx context.Context) Author {
	if a, ok := ctx.Value(authorKey{}).(Author); ok {
		return a
	}
	return Author{User: CallerFrom(ctx).UserID}
}
