package signing

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

	jose "github.com/go-jose/go-jose/v4"
)

// MinRSA is the smallest modulus of a client's key, in bits (RFC 7518 3.3).
const MinRSA = 2048

// ErrClientKey is returned for anything but a public key that can verify what a
// client signs.
var ErrClientKey = errors.New("no public key of RSA (2048 bits or more), an elliptic curve or Ed25519")

// ReadClientKey reads a public JSON Web Key (RFC 7517) or its PEM text, as
// "openssl pkey -pubout" writes it, and returns a JSON Web Key without anything
// private. Code that stores a client's key and code that verifies with it share
// this rule, so no key is accepted that turns out useless later.
func ReadClientKey(text []byte) (public json.RawMessage, err error) {
	if block, _ := pem.Decode(text); block != nil {
		if text, err = fromPEM(block); err != nil {
			return nil, err
		}
	}
	k, _, err := parseClientKey(text)
	if err != nil {
		return nil, err
	}
	open := k.Public()
	return encodeKey(&open)
}

// ParseClientKey parses a result of ReadClientKey. The error is an ErrClientKey.
func ParseClientKey(jwk []byte) (Public, error) {
	k, algorithms, err := parseClientKey(jwk)
	if err != nil {
		return Public{}, err
	}
	return Public{ID: k.KeyID, Algorithms: algorithms, Key: k.Public().Key}, nil
}

// fromPEM turns a block of PEM text into a JSON Web Key.
func fromPEM(block *pem.Block) ([]byte, error) {
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: it is a %s", ErrClientKey, strings.ToLower(block.Type))
	}
	return encodeKey(&jose.JSONWebKey{Key: key})
}

func encodeKey(k *jose.JSONWebKey) ([]byte, error) {
	b, err := k.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrClientKey, err)
	}
	return b, nil
}

// parseClientKey returns the key and the algorithms it may be used with.
func parseClientKey(text []byte) (k jose.JSONWebKey, algorithms []string, err error) {
	if err := k.UnmarshalJSON(text); err != nil {
		return k, nil, fmt.Errorf("%w: %w", ErrClientKey, err)
	}
	open := k.Public()
	switch public := open.Key.(type) {
	case *rsa.PublicKey:
		if public.N.BitLen() >= MinRSA {
			algorithms = AlgorithmsOf(public)
		}
	case *ecdsa.PublicKey, ed25519.PublicKey:
		algorithms = AlgorithmsOf(public)
	}
	if k.Algorithm != "" {
		algorithms = slices.DeleteFunc(algorithms, func(a string) bool { return !Same(a, k.Algorithm) })
	}
	if len(algorithms) == 0 || k.Use != "" && k.Use != "sig" {
		return k, nil, ErrClientKey
	}
	return k, algorithms, nil
}
