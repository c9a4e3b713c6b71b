package oauth

import (
	"fmt"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// nothing is an empty response body.
type nothing struct{}

// revoke answers POST application/revoke/ (RFC 7009). An invalid or expired token gets
// the same answer as one that was revoked.
func (s *Server) revoke(r *http.Request, in *request) (any, error) {
	ctx := r.Context()
	in.oauth = true // this endpoint has no legacy form
	a, text, err := s.aboutToken(r, in, "token.revoke")
	if err != nil {
		return nil, err
	}
	claims, good := s.good(text)
	id, _ := claims["jti"].(string)
	switch {
	case !good:
		return nothing{}, nil
	case claims["client_id"] != a.client.ClientID:
		f := bad(unauthorized, "The token was issued to another client.")
		f.outcome = "foreign_token"
		s.refused(ctx, f, a.entry())
		return nil, f
	case id == "":
		return nil, bad(unsupportedToken, "The token has no id: it was issued by an older server, and ends by itself.")
	}
	if err := s.o.Applications.RevokeToken(ctx, id, endOf(text)); err != nil {
		return nil, fmt.Errorf("revoke a token: %w", err)
	}
	e := a.entry()
	e.Outcome, e.TokenID = "ok", id
	return nothing{}, s.o.Audit.Record(ctx, e)
}

// good reads the claims of a token that was signed here and has not expired.
func (s *Server) good(text string) (jwt.MapClaims, bool) {
	claims, err := s.o.Ring.Read(text)
	return claims, err == nil && endOf(text).After(time.Now())
}

// aboutToken authenticates a client that asks about a token or wants it revoked.
func (s *Server) aboutToken(r *http.Request, in *request, action string) (*ask, string, error) {
	a := &ask{action: action}
	x, err := in.credentials()
	if a.clientID = x.id; err == nil {
		a.client, err = s.authenticate(r, x)
	}
	if err != nil {
		s.refused(r.Context(), err, a.entry())
		return a, "", err
	}
	text := in.text("token")
	if text == "" {
		return a, "", bad(invalidRequest, "token is missing.")
	}
	return a, text, nil
}

// inactive is all that a client learns about a token that is invalid or not its own.
type inactive struct {
	Active bool `json:"active"`
}

// introspect answers POST application/introspect/ (RFC 7662): clients learn only about
// their own tokens.
func (s *Server) introspect(r *http.Request, in *request) (any, error) {
	in.oauth = true
	a, text, err := s.aboutToken(r, in, "token.introspect")
	if err != nil {
		return nil, err
	}
	who, err := s.o.Own.Authenticate(r.Context(), "Bearer "+text)
	if err != nil {
		if isOurs(err) {
			return nil, err
		}
		return inactive{}, nil
	}
	if who.Application != a.client.ID {
		return inactive{}, nil
	}
	claims, _ := s.good(text)
	shown := map[string]any{"active": true, "token_type": s.o.Config.TokenType, "sub": who.Account.ID.String()}
	for _, name := range []string{"scope", "client_id", "exp", "iat", "nbf", "aud", "iss", "jti", "act"} {
		if v, given := claims[name]; given {
			shown[name] = v
		}
	}
	if who.Account.Email != "" {
		shown["username"] = who.Account.Email
	}
	return shown, nil
}
