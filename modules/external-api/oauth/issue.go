package oauth

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"foyer/core/bearer"
	"foyer/sdk/module"
)

// grant is a token about to be issued.
type grant struct {
	client  client
	account module.Account
	scopes  []string
	until   time.Time // the token expires by then; zero = its usual lifetime
	from    []string  // ids of the tokens it is exchanged for
	// provided is the provider's token that this one is exchanged for, and origin the
	// name of one that is already kept; "" = none.
	provided, origin string
	act              bool   // the token names the acting party (RFC 8693 4.1)
	action           string // in the audit log
	email            string // as the client sent it; "" = none
}

// token is the response body (external-api.md 1, RFC 6749 5.1, RFC 8693 2.2.1).
type token struct {
	AccessToken string `json:"access_token"`
	Issued      string `json:"issued_token_type,omitempty"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string `json:"scope,omitempty"`
}

// issue signs a token, and answers only once it is in the audit log. The claims are the
// replaced server's and those of RFC 9068 2.2; aud is omitted when none is configured,
// because that server would refuse it.
func (s *Server) issue(ctx context.Context, g grant) (token, error) {
	now := time.Now()
	end := now.Add(s.o.Config.TTL)
	if !g.until.IsZero() && g.until.Before(end) {
		end = g.until
	}
	id := rand.Text()
	scope := strings.Join(g.scopes, " ")
	user := g.account.ID.String()
	claims := jwt.MapClaims{
		"client_id": g.client.ClientID, "delegated": true, "user_id": user, "sub": user, "jti": id,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": end.Unix(),
	}
	for name, value := range map[string]string{"iss": s.o.Config.Issuer, "aud": s.o.Config.Audience, "scope": scope} {
		if value != "" {
			claims[name] = value
		}
	}
	if g.act {
		claims["act"] = map[string]string{"sub": g.client.ClientID}
	}
	if len(g.from) > 0 {
		claims[bearer.FromClaim] = g.from
	}
	if g.provided != "" {
		origin, err := s.o.Origins.Keep(ctx, g.provided, end)
		if err != nil {
			return token{}, err
		}
		g.origin = origin
	}
	if g.origin != "" {
		claims[bearer.OriginClaim] = g.origin
	}
	text, err := s.o.Ring.Sign(claims)
	if err != nil {
		return token{}, err
	}
	err = s.o.Audit.Record(ctx, module.AuditEntry{
		Action: g.action, Outcome: "ok", ClientID: g.client.ClientID, Application: g.client.ID, User: g.account.ID,
		Email: g.email, Object: g.client.credential.String(), TokenID: id,
	})
	if err != nil {
		return token{}, err
	}
	return token{AccessToken: text, TokenType: s.o.Config.TokenType, ExpiresIn: end.Unix() - now.Unix(), Scope: scope}, nil
}

// narrow returns the requested scopes in the application's order; a request that names
// none gets all. A scope that the application does not have is refused.
func narrow(has, wanted []string) ([]string, error) {
	if len(wanted) == 0 {
		return has, nil
	}
	left := map[string]bool{}
	for _, w := range wanted {
		left[w] = true
	}
	var granted []string
	for _, h := range has {
		if left[h] {
			granted = append(granted, h)
			delete(left, h)
		}
	}
	if len(left) > 0 {
		return nil, badScope("The application does not have every scope that was asked for.")
	}
	return granted, nil
}
