package bearer

import (
	"context"
	"net/http"
	"strings"
)

// Stage tries one kind of token.
type Stage interface {
	// Authenticate reads an Authorization header. nil, nil defers to the next
	// stage; an error ends the chain and is sent as the answer.
	Authenticate(ctx context.Context, header string) (*Identity, error)
}

// Chain tries its stages in order.
type Chain []Stage

// Authenticate returns who the header speaks for; the error is sent as the
// answer.
func (c Chain) Authenticate(ctx context.Context, header string) (Identity, error) {
	for _, stage := range c {
		identity, err := stage.Authenticate(ctx, header)
		if err != nil {
			return Identity{}, err
		}
		if identity != nil {
			return *identity, nil
		}
	}
	return Identity{}, refuse(msgNoCredentials)
}

// Admit authenticates a request and checks the scope it needs; "" is a verb
// without a scope, which is refused.
func (c Chain) Admit(r *http.Request, scope string) (Identity, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) > 1 { // others along the way may have looked at another one
		return Identity{}, refuse(msgHeader)
	}
	identity, err := c.Authenticate(r.Context(), strings.Join(headers, ""))
	if err != nil {
		return Identity{}, err
	}
	return identity, identity.Scopes.Require(scope)
}
