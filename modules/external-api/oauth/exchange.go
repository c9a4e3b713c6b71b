package oauth

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"foyer/core/bearer"
	"foyer/sdk/identifier"
)

// Token types (RFC 8693 3). emailType is our own: the subject is named by e-mail
// address, as in the legacy form.
const (
	accessType = "urn:ietf:params:oauth:token-type:access_token"
	jwtType    = "urn:ietf:params:oauth:token-type:jwt"
	emailType  = "urn:foyer:params:oauth:token-type:email"
)

// exchange answers a token exchange (RFC 8693): in the new token sub is the user and act
// the application. It never permits more, or lives longer, than the token it was
// exchanged for.
func (s *Server) exchange(r *http.Request, in *request) (any, error) {
	ctx := r.Context()
	a := &ask{action: "token.exchange"}
	g, err := s.exchangeGrant(r, in, a)
	if err != nil {
		s.refused(ctx, err, a.entry())
		return nil, err
	}
	t, err := s.issue(ctx, g)
	t.Issued = accessType
	return t, err
}

func (s *Server) exchangeGrant(r *http.Request, in *request, a *ask) (grant, error) {
	x, err := in.credentials()
	a.clientID = x.id
	if err == nil {
		err = s.exchangeable(in)
	}
	if err == nil {
		a.client, err = s.authenticate(r, x)
	}
	if err != nil {
		return grant{}, err
	}
	scopes, err := narrow(a.client.Scopes, strings.Fields(in.text("scope")))
	if err != nil {
		return grant{}, err
	}
	subject := in.text("subject_token")
	if in.text("subject_token_type") == emailType {
		a.email = subject
		g, err := s.actFor(r.Context(), a, scopes)
		g.act = true
		return g, err
	}
	return s.exchanged(r.Context(), a, subject, scopes)
}

// exchangeable checks everything that does not depend on the client.
func (s *Server) exchangeable(in *request) error {
	target := func(name string) bool {
		v := in.text(name)
		return v == "" || v == s.o.Config.Audience || identifier.SameIssuer(v, s.o.Config.Issuer)
	}
	switch {
	case in.text("subject_token") == "":
		return bad(invalidRequest, "subject_token is missing.")
	case !slices.Contains([]string{accessType, emailType}, in.text("subject_token_type")):
		return bad(invalidRequest, "subject_token_type is neither "+accessType+" nor "+emailType+".")
	case !slices.Contains([]string{"", accessType, jwtType}, in.text("requested_token_type")):
		return bad(invalidRequest, "Access tokens only are issued.")
	case in.text("actor_token") != "" || in.text("actor_token_type") != "":
		return bad(invalidRequest, "The client itself is the actor: actor_token is not supported.")
	case !target("audience") || !target("resource"):
		return bad(invalidTarget, "Tokens are issued for this API only.")
	}
	return nil
}

// exchanged returns a grant for the user behind an access token, which was issued to
// this application or is of another kind that the API accepts.
func (s *Server) exchanged(ctx context.Context, a *ask, subject string, scopes []string) (grant, error) {
	who, err := s.o.All.Authenticate(ctx, "Bearer "+subject)
	if err != nil {
		if isOurs(err) {
			return grant{}, err
		}
		return grant{}, badSubject("subject_token is not good.")
	}
	a.user = who.Account
	switch {
	case len(who.TokenIDs) > maxChain:
		return grant{}, badSubject("subject_token is the last of too many exchanges.")
	case who.Application != uuid.Nil && who.Application != a.client.ID:
		return grant{}, badSubject("subject_token was issued to another application.")
	case !mayActFor(&a.client.Application, who.Account.Email):
		return grant{}, foreignDomain()
	}
	allowed := slices.DeleteFunc(slices.Clone(scopes), func(x string) bool { return !who.Scopes.Has(x) })
	g := grant{
		client: a.client, account: who.Account, scopes: allowed, until: who.Ends, act: true, action: a.action,
		from: who.TokenIDs, origin: who.Origin,
	}
	if who.Kind == bearer.ResourceServer {
		g.provided = subject
	}
	return g, nil
}

// maxChain is how many times a token may be exchanged in a row: each names all those it
// descends from.
const maxChain = 8

func badSubject(description string) *failure {
	f := bad(invalidRequest, description)
	f.outcome = "invalid_subject_token"
	return f
}

// endOf returns when a verified token expires, or zero if it does not say.
func endOf(text string) time.Time {
	var c jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(text, &c); err != nil || c.ExpiresAt == nil {
		return time.Time{}
	}
	return c.ExpiresAt.Time
}
