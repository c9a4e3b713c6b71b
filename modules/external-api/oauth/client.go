package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"foyer/modules/external-api/assertion"
	"foyer/sdk/module"
)

// client is an application that has proved its identity.
type client struct {
	module.Application
	credential uuid.UUID // the secret or key it proved it with
}

// credentials are what a request says about its client. A request that uses more than
// one method is refused (RFC 6749 2.3).
type credentials struct {
	id, secret string
	assertion  string
}

// credentials reads them from a request that speaks OAuth.
func (in *request) credentials() (credentials, error) {
	x := credentials{id: in.text("client_id"), secret: in.text("client_secret"), assertion: in.text("client_assertion")}
	ways := 0
	for _, used := range []bool{in.basic, x.secret != "", x.assertion != ""} {
		if used {
			ways++
		}
	}
	switch {
	case ways > 1:
		return x, bad(invalidRequest, "Authenticate in one way, not in several.")
	case ways == 0:
		return x, wrongClient()
	case in.basic:
		if x.id != "" && x.id != in.basicID {
			return x, bad(invalidRequest, "client_id is not the one of the Authorization header.")
		}
		x.id, x.secret = in.basicID, in.basicSecret
		if x.secret == "" {
			return x, wrongClient()
		}
	case x.assertion != "":
		if in.text("client_assertion_type") != assertion.Type {
			return x, bad(invalidRequest, "client_assertion_type is not "+assertion.Type+".")
		}
		id, err := assertion.ClientID(x.assertion)
		if err != nil || x.id != "" && x.id != id {
			return x, wrongClient()
		}
		x.id = id
	}
	return x, nil
}

// authenticate finds the application and makes it prove its identity. Until then all
// failures look the same, whatever is wrong.
func (s *Server) authenticate(r *http.Request, x credentials) (client, error) {
	ctx := r.Context()
	app, err := s.application(ctx, x.id)
	if err != nil {
		return client{}, err
	}
	var proof uuid.UUID
	if x.assertion != "" {
		proof, err = s.assertions.Check(ctx, app, x.assertion, s.audiences(r))
		if errors.Is(err, assertion.ErrWrong) {
			s.o.Log.InfoContext(ctx, "assertion refused", "client_id", x.id, "reason", err)
			err = wrongClient()
		}
	} else {
		proof, err = s.secrets.Check(ctx, x.id, app, x.secret)
		err = wrong(err)
	}
	if err != nil {
		return client{}, err
	}
	switch found := (client{*app, proof}); {
	case !app.Active:
		return found, inactiveClient()
	case !module.CallerFrom(ctx).CallsFrom(app.Addresses):
		return found, wrongAddress()
	default:
		return found, nil
	}
}

// application looks up a client id and returns nil if there is no such application.
// Concurrent requests share one look-up.
func (s *Server) application(ctx context.Context, clientID string) (*module.Application, error) {
	return s.lookups.Do(ctx, clientID, func(ctx context.Context) (*module.Application, error) {
		app, err := s.o.Applications.ByClientID(ctx, clientID)
		switch {
		case errors.Is(err, module.ErrNotFound):
			return nil, nil
		case err != nil:
			return nil, fmt.Errorf("find an application: %w", err)
		}
		return &app, nil
	})
}
