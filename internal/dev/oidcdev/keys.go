package oidcdev

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"sync"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Drawing a key takes longer than a whole sign-in: the providers of a process
// share theirs, and give it another id each.
var (
	goodKey  = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	wrongKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
)

// signingKey is the provider's key, as the library's op.SigningKey.
type signingKey struct {
	id  string
	key *rsa.PrivateKey
}

// ID is the kid.
func (k signingKey) ID() string { return k.id }

// SignatureAlgorithm is RS256.
func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }

// Key is the private key.
func (k signingKey) Key() any { return k.key }

// publicKey is what the JWKS endpoint shows, as the library's op.Key.
type publicKey struct{ signingKey }

// Algorithm is RS256.
func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }

// Use is signatures.
func (k publicKey) Use() string { return "sig" }

// Key is the public key.
func (k publicKey) Key() any { return &k.key.PublicKey }

// SigningKey is the key that tokens are signed with now.
func (s *storage) SigningKey(context.Context) (op.SigningKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.key, nil
}

// KeySet is what the JWKS endpoint shows.
func (s *storage) KeySet(context.Context) ([]op.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []op.Key{publicKey{s.key}}, nil
}
