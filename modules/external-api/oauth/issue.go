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

// grant is a token to be issued.
type grant struct {
	client  client
	account module.Account
	scopes  []string
	until   time.Time // the token lives no longer, zero = its usual time
	from    []string  // ids of the tokens that it is exchanged for
	// provided is the provider's token that it is exchanged for, and origin the
	// name of one that is kept already; "" = none.
	provided, origin string
	act              bool   // the token tells who acts (RFC 8693 4.1)
	action           string // in the audit log
	email            string // that the client sent, "" = none
}

// token is the answer (external-api.md 1, RFC 6749 5.1, RFC 8693 2.2.1).
type token struct {
	AccessToken string `json:"access_token"`
	Issued      string `json:"issued_token_type,omitempty"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string `json:"scope,omitempty"`
}

// issue signs a token, and answers only when the audit log has it. The claims
// are those of the replaced server and those of RFC 9068 2.2; aud is left out
// where none is configured, since that server refuses it then.
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

// narrow gives the scopes of the application that are asked for, in its order;
// asking for nothing asks for all. A scope that it does not have is refused.
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
