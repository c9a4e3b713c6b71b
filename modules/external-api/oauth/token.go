package oauth

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"foyer/sdk/body"
	"foyer/sdk/identifier"
	"foyer/sdk/module"
)

// ask is as much of a request for a token as was understood, for the audit log.
type ask struct {
	clientID, email, action string
	client                  client
	user                    module.Account
}

func (a *ask) entry() module.AuditEntry {
	e := module.AuditEntry{Action: a.action, ClientID: a.clientID, Application: a.client.ID, User: a.user.ID, Email: a.email}
	if a.client.credential != uuid.Nil {
		e.Object = a.client.credential.String()
	}
	return e
}

// token answers POST application/token/.
func (s *Server) token(r *http.Request, in *request) (any, error) {
	ctx := r.Context()
	a := &ask{action: "token.issue"}
	var g grant
	var err error
	switch {
	case !in.oauth:
		g, err = s.legacyGrant(r, in, a)
	case in.text("grant_type") == grantExchange:
		return s.exchange(r, in)
	default:
		g, err = s.clientGrant(r, in, a)
	}
	if err != nil {
		s.refused(ctx, err, a.entry())
		return nil, err
	}
	return s.issue(ctx, g)
}

// legacyGrant reads the replaced server's request (external-api.md 1): scope names the
// user, and the token has all the application's scopes.
func (s *Server) legacyGrant(r *http.Request, in *request, a *ask) (grant, error) {
	clientID, _ := in.fields.String("client_id", body.Required())
	secret, _ := in.fields.String("client_secret", body.Required())
	in.fields.String("grant_type", body.Required().OneOf(grantClient))
	email, _ := in.fields.String("scope", body.Required())
	if err := in.fields.Err(); err != nil {
		return grant{}, err
	}
	a.clientID, a.email = clientID, email
	var err error
	if a.client, err = s.authenticate(r, credentials{id: clientID, secret: secret}); err != nil {
		return grant{}, err
	}
	return s.actFor(r.Context(), a, a.client.Scopes)
}

// clientGrant is the grant of RFC 6749 4.4 on behalf of a user, named by the parameter
// user or by the one word of scope that is an e-mail address. The remaining words narrow
// the token.
func (s *Server) clientGrant(r *http.Request, in *request, a *ask) (grant, error) {
	x, err := in.credentials()
	a.clientID = x.id
	if err != nil {
		return grant{}, err
	}
	switch kind := in.text("grant_type"); kind {
	case grantClient:
	case "":
		return grant{}, bad(invalidRequest, "grant_type is missing.")
	default:
		return grant{}, bad(unsupportedGrant, "The grant is not client_credentials or token exchange.")
	}
	if a.client, err = s.authenticate(r, x); err != nil {
		return grant{}, err
	}
	email, wanted, err := in.userAndScopes()
	if err != nil {
		return grant{}, err
	}
	a.email = email
	scopes, err := narrow(a.client.Scopes, wanted)
	if err != nil {
		return grant{}, err
	}
	return s.actFor(r.Context(), a, scopes)
}

// actFor returns a grant for the user with the requested address.
func (s *Server) actFor(ctx context.Context, a *ask, scopes []string) (grant, error) {
	user, err := s.account(ctx, &a.client.Application, a.email)
	if err != nil {
		return grant{}, err
	}
	a.user = user
	return grant{client: a.client, account: user, scopes: scopes, action: a.action, email: a.email}, nil
}

// userAndScopes reads whom to act for, and with which scopes.
func (in *request) userAndScopes() (email string, scopes []string, err error) {
	email = in.text("user")
	for word := range strings.FieldsSeq(in.text("scope")) {
		switch {
		case !identifier.ValidEmail(word):
			scopes = append(scopes, word)
		case email != "":
			return "", nil, bad(invalidRequest, "Two users are named.")
		default:
			email = word
		}
	}
	if email == "" {
		return "", nil, noEmail()
	}
	return email, scopes, nil
}
