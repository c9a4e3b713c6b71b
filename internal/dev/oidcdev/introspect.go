package oidcdev

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// IntrospectionPath is the introspection endpoint (RFC 7662).
const IntrospectionPath = "/oauth/introspect"

// Grant is an access token to issue without a browser.
type Grant struct {
	Sub      string        // the user
	Client   string        // to which it is issued; "" = the only client
	Scopes   []string      // what it allows
	Audience []string      // aud; nil = omitted
	Lifetime time.Duration // 0 = 5 minutes; negative = already expired
}

// AccessToken issues an opaque token.
func (p *Provider) AccessToken(g Grant) (string, error) {
	if g.Client == "" {
		g.Client = p.ClientID
	}
	if g.Lifetime == 0 {
		g.Lifetime = tokenLifetime
	}
	request := &authRequest{AuthRequest: &oidc.AuthRequest{ClientID: g.Client, Scopes: g.Scopes}, sub: g.Sub}
	id := rand.Text()
	p.storage.mu.Lock()
	p.storage.tokens[id] = &accessToken{request: request, expires: time.Now().Add(g.Lifetime), audience: g.Audience}
	p.storage.mu.Unlock()
	token, err := op.CreateBearerToken(id, g.Sub, p.crypto)
	if err != nil {
		return "", fmt.Errorf("sign-in provider: issue a token: %w", err)
	}
	return token, nil
}

// Revoke ends all tokens of a user.
func (p *Provider) Revoke(sub string) {
	_ = p.storage.TerminateSession(context.Background(), sub, p.ClientID) // never fails
}

func (s *storage) SetIntrospectionFromToken(_ context.Context, out *oidc.IntrospectionResponse, id, _, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[id]
	if !ok || t.expires.Before(time.Now()) {
		return errUnknown
	}
	out.Subject, out.ClientID, out.Issuer = t.request.sub, t.request.ClientID, s.issuer
	out.Scope, out.Audience = t.request.GetScopes(), t.audience
	out.Expiration = oidc.FromTime(t.expires)
	return nil
}

// secretInBody allows introspection requests with the secret in the body, as many
// providers do; the library accepts it only in the header.
func secretInBody(r *http.Request) {
	if r.URL.Path != IntrospectionPath || r.Header.Get("Authorization") != "" {
		return
	}
	if id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret"); secret != "" {
		r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	}
}
