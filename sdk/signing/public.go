package signing

import (
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	jose "github.com/go-jose/go-jose/v4"
)

// ErrUnusable is a key that cannot verify signatures.
var ErrUnusable = errors.New("not a public key that verifies signatures")

// Public is a key that verifies signatures.
type Public struct {
	ID         string           // kid, "" = none
	Algorithms []string         // it may be used with, the usual one first
	Key        crypto.PublicKey // *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey
}

// ReadPublic reads a JSON Web Key; from a private one it takes the public half.
// The error is an ErrUnusable.
func ReadPublic(text []byte) (Public, error) {
	plain, err := withoutCertificates(text)
	if err != nil {
		return Public{}, err
	}
	var k jose.JSONWebKey
	if err := k.UnmarshalJSON(plain); err != nil {
		return Public{}, fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	p := Public{ID: k.KeyID, Key: k.Public().Key}
	if p.Algorithms = AlgorithmsOf(p.Key); k.Algorithm != "" {
		p.Algorithms = slices.DeleteFunc(p.Algorithms, func(a string) bool { return !Same(a, k.Algorithm) })
	}
	if k.Use != "" && k.Use != "sig" {
		return Public{}, fmt.Errorf("%w: its use is %q", ErrUnusable, k.Use)
	}
	if len(p.Algorithms) == 0 {
		return Public{}, fmt.Errorf("%w: its kind or its algorithm %q is another one", ErrUnusable, k.Algorithm)
	}
	return p, nil
}

// withoutCertificates drops what we do not look at but the library refuses a good
// key for: certificates that are malformed or belong to another key.
func withoutCertificates(text []byte) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil || members == nil {
		return nil, fmt.Errorf("%w: not a JSON object", ErrUnusable)
	}
	for _, name := range []string{"x5c", "x5u", "x5t", "x5t#S256"} {
		delete(members, name)
	}
	plain, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	return plain, nil
}

// ReadSet reads a JSON Web Key Set. Keys that cannot be used are left out and
// listed in skipped (RFC 7517 5).
func ReadSet(text []byte) (keys []Public, skipped []error, err error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, nil, fmt.Errorf("read a key set: %w", err)
	}
	if set.Keys == nil {
		return nil, nil, errors.New("read a key set: it has no keys")
	}
	for i, raw := range set.Keys {
		k, err := ReadPublic(raw)
		if err != nil {
			skipped = append(skipped, fmt.Errorf("key %d: %w", i+1, err))
			continue
		}
		keys = append(keys, k)
	}
	return keys, skipped, nil
}
