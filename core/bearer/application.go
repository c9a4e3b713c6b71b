package bearer

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Directory knows the application and the account behind a token;
// module.Applications is one.
type Directory interface {
	Bearer(ctx context.Context, q module.BearerQuery) (module.Bearer, error)
}

// ApplicationOptions are what NewApplication needs.
type ApplicationOptions struct {
	Rules       Rules
	Directory   Directory
	ScopePrefix string
	Origins     Origins // nil = tokens obtained in exchange for the provider's are refused
}

// Origins knows the provider's tokens that others were exchanged for, by the name
// in OriginClaim.
type Origins interface {
	// Good checks one. Its error is sent as the answer; a status below 500 means
	// that the token is no longer good.
	Good(ctx context.Context, name string) error
}

type application struct {
	o        ApplicationOptions
	verifier verifier
}

// NewApplication returns the stage for the applications' tokens: those that the
// replaced server issued (typ JWT, user_id, delegated) and those of RFC 9068 (typ
// at+jwt, sub and act).
func NewApplication(o ApplicationOptions) Stage {
	o.Rules.Types = []string{"JWT", "at+jwt"}
	return &application{o, newVerifier(o.Rules)}
}

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
	from, ok := c.ancestors()
	if !ok {
		return nil, refuse(msgClaims)
	}
	user, given := c.user()
	found, err := a.o.Directory.Bearer(ctx, module.BearerQuery{ClientID: client, User: user, TokenID: c.text("jti"), Ancestors: from})
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
	origin := c.text(OriginClaim)
	if c[OriginClaim] != nil {
		if err := a.o.originGood(ctx, origin); err != nil {
			return nil, err
		}
	}
	if id := c.text("jti"); id != "" {
		from = append(from, id)
	}
	return &Identity{
		TokenIDs: from, Origin: origin,
		Kind: ApplicationJWT, Account: *found.Account, Application: app.ID, ClientID: app.ClientID, Source: app.ID,
		Scopes: ReadScopes(c["scope"], a.o.ScopePrefix), Ends: c.ends(),
	}, nil
}

// FromClaim is the claim with the ids of the tokens that this one was exchanged
// for.
const FromClaim = "exchanged_for"

// OriginClaim is the claim that names the provider's token that this one was
// exchanged for, directly or through others.
const OriginClaim = "exchange_origin"

// ancestors returns the ids of the tokens that this one was exchanged for; false
// when they cannot be read.
func (c claims) ancestors() ([]string, bool) {
	ids := textsOf(c[FromClaim])
	return ids, ids != nil || c[FromClaim] == nil
}

// originGood asks whether the provider's token behind this one is still good: a
// token not known to be good counts as revoked.
func (o *ApplicationOptions) originGood(ctx context.Context, origin string) error {
	if o.Origins == nil || origin == "" {
		return refuse(msgRevoked)
	}
	err := o.Origins.Good(ctx, origin)
	if err != nil && reply.As(err).Status < http.StatusInternalServerError {
		return refuse(msgRevoked)
	}
	return err
}

// deferred turns errDefer into nil: a stage that defers returns no error.
func deferred(err error) error {
	if errors.Is(err, errDefer) {
		return nil
	}
	return err
}

// active refuses an account that does not exist or is not active.
func active(a *module.Account) error {
	switch {
	case a == nil:
		return refuse(msgNoUser)
	case !a.Active:
		return refuse(msgInactive)
	}
	return nil
}
