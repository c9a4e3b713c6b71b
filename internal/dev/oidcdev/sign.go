package oidcdev

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"
)

// Sign returns a JWT with the claims, such as a logout token.
func (p *Provider) Sign(claims map[string]any, how Signature) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	if how == NoKey {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
			base64.RawURLEncoding.EncodeToString(payload) + ".", nil
	}
	key := jose.SigningKey{Algorithm: jose.RS256, Key: p.key}
	switch how {
	case OtherKey:
		if key.Key, err = wrongKey(); err != nil {
			return "", fmt.Errorf("make another key: %w", err)
		}
	case SecretKey:
		key = jose.SigningKey{Algorithm: jose.HS256, Key: []byte(p.Secret)}
	}
	options := (&jose.SignerOptions{}).WithHeader("kid", p.storage.key.id)
	signer, err := jose.NewSigner(key, options)
	if err != nil {
		return "", fmt.Errorf("make a signer: %w", err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return jws.CompactSerialize()
}
