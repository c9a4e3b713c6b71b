package bearer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Introspection is what the provider says about one of its active tokens.
type Introspection struct {
	Subject  string    // sub, "" if there is none
	ClientID string    // client_id, "" if there is none
	Scope    any       // as it came: text or a list
	Ends     time.Time // when it expires, at most a day from now; zero = the provider does not say
}

// Introspector asks the provider about a token. Its error is sent as the answer.
type Introspector interface {
	Introspect(ctx context.Context, token string) (Introspection, error)
}

// maxClientID is the longest client id accepted from a provider, in bytes.
const maxClientID = 255

// Accounts finds and creates accounts by the provider's subject; module.Accounts
// is one.
type Accounts interface {
	BySub(ctx context.Context, sub string) (module.Account, error)
	CreateWithSub(ctx context.Context, sub string) (module.Account, error)
}

// ResourceOptions are what NewResource needs.
type ResourceOptions struct {
	Introspector Introspector // nil = not configured
	Accounts     Accounts
	ScopePrefix  string
}

type resource struct{ o ResourceOptions }

// NewResource returns the stage for the OIDC provider's own tokens, which is
// always there and never defers a token that reaches it.
func NewResource(o ResourceOptions) Stage { return &resource{o} }

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
	if found.Subject == "" || len(found.ClientID) > maxClientID {
		return nil, refuse(msgLoginFailed)
	}
	account, err := r.account(ctx, found.Subject)
	if err != nil {
		return nil, err
	}
	if err := active(&account); err != nil {
		return nil, err
	}
	return &Identity{
		Kind: ResourceServer, Account: account, ClientID: found.ClientID, Source: clientSource(found.ClientID),
		Scopes: ReadScopes(found.Scope, r.o.ScopePrefix), Ends: found.Ends,
	}, nil
}

// account finds the account of a subject, or creates one with nothing else.
func (r *resource) account(ctx context.Context, sub string) (module.Account, error) {
	account, err := r.o.Accounts.BySub(ctx, sub)
	if errors.Is(err, module.ErrNotFound) {
		account, err = r.o.Accounts.CreateWithSub(ctx, sub)
	}
	if errors.Is(err, module.ErrConflict) { // another request of the same new user was first
		account, err = r.o.Accounts.BySub(ctx, sub)
	}
	switch {
	case errors.Is(err, module.ErrNotAllowed):
		return account, refuse(msgNoUserForToken)
	case errors.Is(err, module.ErrInvalid):
		return account, reply.InvalidField("sub", msgSub).Because(err)
	case err != nil:
		return account, fmt.Errorf("find the account of a subject: %w", err)
	}
	return account, nil
}
