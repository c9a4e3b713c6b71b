package keyring

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"foyer/core/bearer"
	"foyer/sdk/conf"
	"foyer/sdk/signing"
)

// Options are the configured keys.
type Options struct {
	Secret    conf.Secret // for Algorithm: an HMAC secret, or a PEM private key
	Algorithm string      // such as HS256
	Signing   conf.Secret // PEM private key that signs instead; "" = Secret signs
}

// Ring signs with its first key and verifies with all of them.
type Ring struct{ keys []key }

// ErrNoKey means that there is no key to sign with.
var ErrNoKey = errors.New("no key that signs tokens is configured")

// New reads the keys; without any, the ring cannot sign. Errors name the setting.
func New(o Options) (*Ring, error) {
	r := &Ring{}
	if !o.Signing.IsZero() {
		k, err := pemKey(o.Signing.Reveal(), "")
		if err != nil {
			return nil, fmt.Errorf("signing_key: %w", err)
		}
		r.keys = append(r.keys, k)
	}
	switch {
	case o.Secret.IsZero():
	case strings.HasPrefix(o.Algorithm, "HS"):
		r.keys = append(r.keys, secretKey(o.Algorithm, o.Secret.Reveal()))
	default:
		k, err := pemKey(o.Secret.Reveal(), o.Algorithm)
		if err != nil {
			return nil, fmt.Errorf("jwt_secret_key: %w", err)
		}
		r.keys = append(r.keys, k)
	}
	return r, nil
}

// Sign returns a signed token of type at+jwt (RFC 9068 2.1).
func (r *Ring) Sign(claims jwt.Claims) (string, error) {
	if len(r.keys) == 0 {
		return "", ErrNoKey
	}
	k := r.keys[0]
	t := jwt.NewWithClaims(k.method, claims)
	t.Header["typ"] = "at+jwt"
	if k.id != "" {
		t.Header["kid"] = k.id
	}
	text, err := t.SignedString(k.private)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return text, nil
}

// Verifiers returns the keys that verify the ring's tokens.
func (r *Ring) Verifiers() []bearer.Key {
	list := make([]bearer.Key, len(r.keys))
	for i, k := range r.keys {
		list[i] = bearer.Key{ID: k.id, Algorithm: k.algorithm, Value: k.public}
	}
	return list
}

// Weak reports an HMAC secret shorter than its hash (RFC 7518 3.2).
func (r *Ring) Weak() bool {
	for _, k := range r.keys {
		if secret, ok := k.private.([]byte); ok {
			sizes := map[string]int{"HS256": 32, "HS384": 48, "HS512": 64}
			if len(secret) < sizes[k.algorithm] {
				return true
			}
		}
	}
	return false
}

// Published returns the JSON Web Key Set of the public keys, possibly empty.
func (r *Ring) Published() (json.RawMessage, error) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, k := range r.keys {
		if k.id != "" {
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.public, KeyID: k.id, Algorithm: k.algorithm, Use: "sig"})
		}
	}
	b, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("encode the key set: %w", err)
	}
	return b, nil
}

// Publishes reports whether there is a public key.
func (r *Ring) Publishes() bool {
	for _, k := range r.keys {
		if k.id != "" {
			return true
		}
	}
	return false
}

// Read verifies a token's signature and nothing else.
func (r *Ring) Read(text string) (jwt.MapClaims, error) {
	c := jwt.MapClaims{}
	for _, k := range r.keys {
		_, err := jwt.NewParser(jwt.WithValidMethods(signing.Names(k.algorithm)), jwt.WithoutClaimsValidation()).
			ParseWithClaims(text, c, func(*jwt.Token) (any, error) { return k.public, nil })
		if err == nil {
			return c, nil
		}
	}
	return nil, errors.New("no token that was signed here")
}
