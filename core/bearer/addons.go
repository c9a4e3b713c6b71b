package bearer

import (
	"context"
	"fmt"

	"foyer/sdk/module"
)

// AddonsOptions are what NewAddons needs.
type AddonsOptions struct {
	Rules       Rules
	Directory   Directory
	ScopePrefix string
}

type addons struct {
	o        AddonsOptions
	verifier verifier
}

// NewAddons returns the stage for the tokens that add-ons of office programs get
// for their user (external-api.md 5).
func NewAddons(o AddonsOptions) Stage {
	o.Rules.Types = []string{"JWT"}
	return &addons{o, newVerifier(o.Rules)}
}

func (a *addons) Authenticate(ctx context.Context, header string) (*Identity, error) {
	token, err := jwtOf(header)
	if token == "" {
		return nil, err
	}
	c, err := a.verifier.verify(token)
	if err != nil {
		return nil, deferred(err)
	}
	// An application's token, should both kinds share a secret: accepting it here
	// would skip the checks of its application.
	if c["client_id"] != nil || c["act"] != nil {
		return nil, refuse(msgClaims)
	}
	user, given := c.user()
	if !given {
		return nil, refuse(msgClaims)
	}
	found, err := a.o.Directory.Bearer(ctx, module.BearerQuery{User: user})
	if err != nil {
		return nil, fmt.Errorf("find who is behind a token: %w", err)
	}
	if err := active(found.Account); err != nil {
		return nil, err
	}
	return &Identity{
		Kind: AddonsJWT, Account: *found.Account, Source: addonsSource,
		Scopes: ReadScopes(c["scope"], a.o.ScopePrefix), Ends: c.ends(),
	}, nil
}
