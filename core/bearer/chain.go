package bearer

import (
	"context"
	"net/http"
	"strings"
)

// Stage tries one kind of token.
type Stage interface {
	// Authenticate reads an Authorization header. nil, nil defers to the next
	// stage; an error ends the chain and is the answer.
	Authenticate(ctx context.Context, header string) (*Identity, error)
}

// Chain is the stages in their order.
type Chain []Stage

// Authenticate gives who the header speaks for; the error is the answer.
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

// Admit authenticates a request and checks the scope it needs, "" = a verb
// that has none and is refused.
func (c Chain) Admit(r *http.Request, scope string) (Identity, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) > 1 { // others on the way may have looked at another one
		return Identity{}, refuse(msgHeader)
	}
	identity, err := c.Authenticate(r.Context(), strings.Join(headers, ""))
	if err != nil {
		return Identity{}, err
	}
	return identity, identity.Scopes.Require(scope)
}
