package bearer

import (
	"context"
	"errors"
	"fmt"

	"foyer/core/module"
)

// Introspection is what the provider says about an active token of its own.
type Introspection struct {
	Subject  string // sub, "" when it names none
	ClientID string // client_id, "" when it names none
	Scope    any    // as it came: text or a list
}

// Introspector asks the provider about a token. Its error is the answer.
type Introspector interface {
	Introspect(ctx context.Context, token string) (Introspection, error)
}

// Subjects finds accounts by the provider's name for them.
type Subjects interface {
	// UserBySub returns the account, made when create is set and there is none;
	// module.ErrNotFound without one. A subject that no account can have is a
	// 400 about the field "sub".
	UserBySub(ctx context.Context, sub string, create bool) (User, error)
}

// ResourceOptions are what NewResource needs.
type ResourceOptions struct {
	Introspector Introspector // nil = not configured
	Subjects     Subjects
	CreateUser   bool // make accounts of subjects that are not known
	ScopePrefix  string
}

type resource struct{ o ResourceOptions }

// NewResource makes the stage of the OIDC provider's own tokens, which is
// always there and answers for every token that reached it.
func NewResource(o ResourceOptions) Stage { return &resource{o} }

// Authenticate is Stage.
func (r *resource) Authenticate(ctx context.Context, header string) (*Identity, error) {
	token, err := opaqueOf(header)
	if token == "" {
		return nil, err
	}
	if r.o.Introspector == nil {
		return nil, refuse(msgNotConfigured)
	}
	found, err := r.o.Introspector.Introspect(ctx, token)
	if err != nil {
		return nil, err
	}
	if found.Subject == "" {
		return nil, refuse(msgLoginFailed)
	}
	user, err := r.o.Subjects.UserBySub(ctx, found.Subject, r.o.CreateUser)
	switch {
	case errors.Is(err, module.ErrNotFound):
		return nil, refuse(msgNoUserForToken)
	case err != nil:
		return nil, fmt.Errorf("find the account of a subject: %w", err)
	}
	if err := active(user); err != nil {
		return nil, err
	}
	return &Identity{
		Kind: ResourceServer, User: user, ClientID: found.ClientID, Scopes: ReadScopes(found.Scope, r.o.ScopePrefix),
	}, nil
}
