package bearer

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"foyer/core/module"
)

// Applications knows the registered applications.
type Applications interface {
	// ApplicationByClientID returns one, or module.ErrNotFound.
	ApplicationByClientID(ctx context.Context, clientID string) (Application, error)
}

// Users knows the accounts.
type Users interface {
	// UserByID returns one, or module.ErrNotFound.
	UserByID(ctx context.Context, id uuid.UUID) (User, error)
}

// Revocations knows the tokens that were revoked before they expired.
type Revocations interface {
	// Revoked tells of a token by its jti.
	Revoked(ctx context.Context, jti string) (bool, error)
}

// ApplicationOptions are what NewApplication needs.
type ApplicationOptions struct {
	Rules        Rules
	Applications Applications
	Users        Users
	Revocations  Revocations
	ScopePrefix  string
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
	app, err := a.o.Applications.ApplicationByClientID(ctx, client)
	switch {
	case errors.Is(err, module.ErrNotFound):
		return nil, refuse(msgNoApplication)
	case err != nil:
		return nil, fmt.Errorf("find the application of a token: %w", err)
	case !app.Active:
		return nil, refuse(msgDisabled)
	case c["delegated"] != true && c.actor() == "":
		return nil, refuse(msgType)
	}
	if err := a.live(ctx, c.text("jti")); err != nil {
		return nil, err
	}
	user, err := userOf(ctx, a.o.Users, c)
	if err != nil {
		return nil, err
	}
	return &Identity{
		Kind: ApplicationJWT, User: user, Application: app.ID, ClientID: app.ClientID,
		Scopes: ReadScopes(c["scope"], a.o.ScopePrefix),
	}, nil
}

// live refuses a token that was revoked. Tokens of the replaced server have no
// jti and cannot be.
func (a *application) live(ctx context.Context, jti string) error {
	if jti == "" || a.o.Revocations == nil {
		return nil
	}
	revoked, err := a.o.Revocations.Revoked(ctx, jti)
	if err != nil {
		return fmt.Errorf("look whether a token was revoked: %w", err)
	}
	if revoked {
		return refuse(msgRevoked)
	}
	return nil
}

// deferred is nil for errDefer: a stage that defers has no error.
func deferred(err error) error {
	if errors.Is(err, errDefer) {
		return nil
	}
	return err
}

// userOf is the active account that a token is about.
func userOf(ctx context.Context, users Users, c claims) (User, error) {
	id, given := c.user()
	if !given {
		return User{}, refuse(msgClaims)
	}
	user, err := users.UserByID(ctx, id)
	switch {
	case errors.Is(err, module.ErrNotFound):
		return User{}, refuse(msgNoUser)
	case err != nil:
		return User{}, fmt.Errorf("find the account of a token: %w", err)
	}
	return user, active(user)
}

func active(u User) error {
	if u.Active {
		return nil
	}
	return refuse(msgInactive)
}
