package assertion

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"foyer/sdk/signing"
)

// minRSA is the least modulus, in bits (RFC 7518 3.3).
const minRSA = 2048

// ErrKey is a key that is not a public key that can verify assertions.
var ErrKey = errors.New("no public key of RSA (2048 bits or more), an elliptic curve or Ed25519")

// ReadKey reads a public JSON Web Key (RFC 7517) or the PEM text of one, as
// "openssl pkey -pubout" writes it, and gives a JSON Web Key without anything
// private.
func ReadKey(text []byte) (public json.RawMessage, err error) {
	if block, _ := pem.Decode(text); block != nil {
		if text, err = fromPEM(block); err != nil {
			return nil, err
		}
	}
	k, _, err := parse(text)
	if err != nil {
		return nil, err
	}
	open := k.Public()
	return encode(&open)
}

// fromPEM is a block of PEM text as a JSON Web Key.
func fromPEM(block *pem.Block) ([]byte, error) {
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: it is a %s", ErrKey, strings.ToLower(block.Type))
	}
	return encode(&jose.JSONWebKey{Key: key})
}

func encode(k *jose.JSONWebKey) ([]byte, error) {
	b, err := k.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return b, nil
}

// parse gives the key and the algorithms that it may be used with.
func parse(text []byte) (k jose.JSONWebKey, algorithms []string, err error) {
	if err := k.UnmarshalJSON(text); err != nil {
		return k, nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	open := k.Public()
	switch public := open.Key.(type) {
	case *rsa.PublicKey:
		if public.N.BitLen() >= minRSA {
			algorithms = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
		}
	case *ecdsa.PublicKey:
		algorithms = []string{map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[public.Curve.Params().BitSize]}
	case ed25519.PublicKey:
		algorithms = []string{signing.EdDSA, signing.Ed25519}
	}
	if k.Algorithm != "" {
		algorithms = slices.DeleteFunc(algorithms, func(a string) bool { return !signing.Same(a, k.Algorithm) })
	}
	if len(algorithms) == 0 || k.Use != "" && k.Use != "sig" {
		return k, nil, ErrKey
	}
	return k, algorithms, nil
}

// signedBy verifies the signature alone, with the key's own algorithms. tried
// tells that the key is of the kind that the assertion names.
func signedBy(jwk []byte, text string, c *claims) (signed, tried bool) {
	k, algorithms, err := parse(jwk)
	if err != nil {
		return false, false
	}
	_, err = jwt.NewParser(jwt.WithValidMethods(algorithms), jwt.WithoutClaimsValidation()).ParseWithClaims(text, c,
		func(t *jwt.Token) (any, error) {
			if id, named := t.Header["kid"]; named && k.KeyID != "" && id != k.KeyID {
				return nil, ErrWrong
			}
			tried = true
			return k.Public().Key, nil
		})
	return err == nil, tried
}
