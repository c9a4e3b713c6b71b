package bearer

import (
	"context"
	"errors"
	"fmt"

	"foyer/core/module"
	"foyer/core/module/reply"
)

// Directory knows who stands behind a token; module.Applications is one.
type Directory interface {
	Bearer(ctx context.Context, q module.BearerQuery) (module.Bearer, error)
}

// ApplicationOptions are what NewApplication needs.
type ApplicationOptions struct {
	Rules       Rules
	Directory   Directory
	ScopePrefix string
}

type application struct {
	o        ApplicationOptions
	verifier verifier
}

// NewApplication makes the stage of the applications' tokens: those that the
// replaced server issued (typ JWT, user_id, delegated) and those of RFC 9068
// (typ at+jwt, sub and act).
func NewApplication(o ApplicationOptions) Stage {
	o.Rules.Types = []string{"JWT", "at+jwt"}
	return &application{o, newVerifier(o.Rules)}
}

// Authenticate is Stage.
func (a *application) Authenticate(ctx context.Context, header string) (*Identity, error) {
	token, err := jwtOf(header)
	if token == "" {
		return nil, err
	}
	c, err := a.verifier.verify(token)
	if err != nil {
		return nil, deferred(err)
	}
	client, ok := c.client()
	if !ok {
		return nil, refuse(msgClaims)
	}
	user, given := c.user()
	found, err := a.o.Directory.Bearer(ctx, module.BearerQuery{ClientID: client, User: user, TokenID: c.text("jti")})
	if err != nil {
		return nil, fmt.Errorf("find who is behind a token: %w", err)
	}
	app := found.Application
	switch {
	case app == nil:
		return nil, refuse(msgNoApplication)
	case !app.Active:
		return nil, refuse(msgDisabled)
	case c["delegated"] != true && c.actor() == "":
		return nil, refuse(msgType)
	case found.Revoked:
		return nil, refuse(msgRevoked)
	case !module.CallerFrom(ctx).CallsFrom(app.Addresses):
		return nil, reply.Forbidden()
	case !given:
		return nil, refuse(msgClaims)
	}
	if err := active(found.Account); err != nil {
		return nil, err
	}
	ids, err := a.chain(ctx, c)
	if err != nil {
		return nil, err
	}
	return &Identity{
		TokenIDs: ids,
		Kind:     ApplicationJWT, Account: *found.Account, Application: app.ID, ClientID: app.ClientID, Source: app.ID,
		Scopes: ReadScopes(c["scope"], a.o.ScopePrefix), Ends: c.ends(),
	}, nil
}

// FromClaim is the claim with the ids of the tokens that one was exchanged for.
const FromClaim = "exchanged_for"

// chain gives the ids of a token and of those that it was exchanged for, of
// which none has been revoked.
func (a *application) chain(ctx context.Context, c claims) ([]string, error) {
	from := textsOf(c[FromClaim])
	if from == nil && c[FromClaim] != nil {
		return nil, refuse(msgClaims)
	}
	for _, id := range from {
		found, err := a.o.Directory.Bearer(ctx, module.BearerQuery{TokenID: id})
		switch {
		case err != nil:
			return nil, fmt.Errorf("find whether a token was revoked: %w", err)
		case found.Revoked:
			return nil, refuse(msgRevoked)
		}
	}
	if id := c.text("jti"); id != "" {
		from = append(from, id)
	}
	return from, nil
}

// deferred is nil for errDefer: a stage that defers has no error.
func deferred(err error) error {
	if errors.Is(err, errDefer) {
		return nil
	}
	return err
}

// active refuses an account that is not there, or not active.
func active(a *module.Account) error {
	switch {
	case a == nil:
		return refuse(msgNoUser)
	case !a.Active:
		return refuse(msgInactive)
	}
	return nil
}
