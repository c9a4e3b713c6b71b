package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/coreos/go-oidc/v3/oidc"
	jose "github.com/go-jose/go-jose/v4"

	"foyer/sdk/conf"
	"foyer/sdk/identifier"
)

// issuerOK reports whether iss is the configured issuer or, if none is
// configured, an issuer on the origin of an endpoint that we already trust with
// the client secret.
func (p *provider) issuerOK(r *relying, iss string) bool {
	if p.cfg.Issuer != "" {
		return identifier.SameIssuer(iss, p.cfg.Issuer)
	}
	origin, err := originOf(iss)
	if err != nil {
		return false
	}
	for _, endpoint := range []string{r.Token, r.JWKS} {
		if o, err := originOf(endpoint); err == nil && o == origin {
			return true
		}
	}
	return false
}

// verifyIDToken checks everything about an id token except that its nonce is
// fresh, which is up to the caller: nonce is the one the login was started with,
// "" for none.
func (p *provider) verifyIDToken(ctx context.Context, r *relying, raw, nonce string) (*oidc.IDToken, string, error) {
	t, err := r.idToken.Verify(ctx, raw)
	if err != nil {
		return nil, "", fmt.Errorf("verify the id token: %w", err)
	}
	if !p.issuerOK(r, t.Issuer) {
		return nil, "", fmt.Errorf("the id token is of another issuer, %q", t.Issuer)
	}
	var more struct {
		AuthorizedParty string `json:"azp"`
		SID             any    `json:"sid"` // text, unless the provider is odd
	}
	if err := t.Claims(&more); err != nil {
		return nil, "", fmt.Errorf("read the id token: %w", err)
	}
	if len(t.Audience) > 1 && more.AuthorizedParty != p.cfg.ClientID {
		return nil, "", errors.New("the id token has several audiences and another authorized party")
	}
	if p.cfg.UseNonce && (nonce == "" || !equal(t.Nonce, nonce)) {
		return nil, "", errors.New("the id token has another nonce, or none")
	}
	if t.Subject == "" {
		return nil, "", errors.New("the id token has no sub")
	}
	sid, _ := more.SID.(string)
	return t, sid, nil
}

// secretKey verifies tokens signed with the client secret.
type secretKey struct {
	secret conf.Secret
	algo   string
}

// VerifySignature returns the payload of a token with a good signature.
func (k secretKey) VerifySignature(_ context.Context, token string) ([]byte, error) {
	if k.secret.IsZero() {
		return nil, errors.New("no client secret to verify with")
	}
	jws, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(k.algo)})
	if err != nil {
		return nil, errors.New("malformed token")
	}
	payload, err := jws.Verify([]byte(k.secret.Reveal()))
	if err != nil {
		return nil, errors.New("wrong signature")
	}
	return payload, nil
}
