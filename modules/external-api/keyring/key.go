package keyring

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// key signs with a single algorithm.
type key struct {
	id        string // kid; "" for a secret
	algorithm string
	method    jwt.SigningMethod
	private   any // []byte for HS*, otherwise a private key
	public    any // the key that verifies
}

// minRSA is the smallest modulus allowed, in bits (RFC 7518 3.3).
const minRSA = 2048

// secretKey returns an HMAC key.
func secretKey(algorithm, secret string) key {
	return key{algorithm: algorithm, method: jwt.GetSigningMethod(algorithm), private: []byte(secret), public: []byte(secret)}
}

// pemKey reads a private key; with algorithm "" the key determines it.
func pemKey(text, algorithm string) (key, error) {
	private, err := readPEM(text)
	if err != nil {
		return key{}, err
	}
	k := key{private: private, public: private.Public()}
	natural, families := algorithmsOf(k.public)
	if k.algorithm = algorithm; algorithm == "" {
		k.algorithm = natural
	}
	if len(k.algorithm) < 2 || !slices.Contains(families, k.algorithm[:2]) {
		return key{}, fmt.Errorf("the key is not one for %s", k.algorithm)
	}
	if r, ok := k.public.(*rsa.PublicKey); ok && r.N.BitLen() < minRSA {
		return key{}, fmt.Errorf("an RSA key needs %d bits or more", minRSA)
	}
	if natural != k.algorithm && strings.HasPrefix(natural, "ES") {
		return key{}, fmt.Errorf("the curve of the key is not that of %s", k.algorithm)
	}
	k.method = jwt.GetSigningMethod(k.algorithm)
	sum, err := (&jose.JSONWebKey{Key: k.public}).Thumbprint(crypto.SHA256)
	if err != nil {
		return key{}, fmt.Errorf("name the key: %w", err)
	}
	k.id = base64.RawURLEncoding.EncodeToString(sum) // RFC 7638
	return k, nil
}

// algorithmsOf returns the usual algorithm for a public key, and the prefixes of the
// names of those that fit it.
func algorithmsOf(public crypto.PublicKey) (natural string, families []string) {
	switch k := public.(type) {
	case *rsa.PublicKey:
		return "RS256", []string{"RS", "PS"}
	case ed25519.PublicKey:
		return "EdDSA", []string{"Ed"}
	case *ecdsa.PublicKey:
		return map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[k.Curve.Params().BitSize], []string{"ES"}
	}
	return "", nil
}

func readPEM(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("it is not PEM text")
	}
	for _, read := range []func([]byte) (any, error){
		x509.ParsePKCS8PrivateKey,
		func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
		func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
	} {
		if found, err := read(block.Bytes); err == nil {
			if s, ok := found.(crypto.Signer); ok {
				return s, nil
			}
		}
	}
	return nil, errors.New("it is not a private key of RSA, an elliptic curve or Ed25519")
}
