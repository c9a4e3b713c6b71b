package signing

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// Private is a key that signs. Its ID is its thumbprint (RFC 7638).
type Private struct {
	Public
	signer crypto.Signer
}

// ReadPrivate reads PEM text with one or more private keys, in PKCS #8, PKCS #1
// or SEC 1. Other blocks, such as certificates, are ignored.
func ReadPrivate(text string) ([]Private, error) {
	var keys []Private
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type == "CERTIFICATE" || block.Type == "EC PARAMETERS" {
			continue
		}
		k, err := newPrivate(block.Bytes)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("no private key in PEM")
	}
	return keys, nil
}

func newPrivate(der []byte) (Private, error) {
	signer, err := readDER(der)
	if err != nil {
		return Private{}, err
	}
	k := Private{Public{Algorithms: AlgorithmsOf(signer.Public()), Key: signer.Public()}, signer}
	if len(k.Algorithms) == 0 {
		return Private{}, errors.New("a private key on another curve than P-256, P-384 and P-521")
	}
	sum, err := (&jose.JSONWebKey{Key: k.Key}).Thumbprint(crypto.SHA256)
	if err != nil {
		return Private{}, fmt.Errorf("name a key: %w", err)
	}
	k.ID = base64.RawURLEncoding.EncodeToString(sum)
	return k, nil
}

func readDER(der []byte) (crypto.Signer, error) {
	for _, read := range []func([]byte) (any, error){
		x509.ParsePKCS8PrivateKey,
		func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
		func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
	} {
		if found, err := read(der); err == nil {
			if s, ok := found.(crypto.Signer); ok {
				return s, nil
			}
		}
	}
	return nil, errors.New("not a private key of RSA, an elliptic curve or Ed25519 without a password")
}

// Sign makes a compact token of the claims. The algorithm is one of the key's, ""
// = the usual one; typ is the header of that name.
func (k Private) Sign(algorithm, typ string, claims jwt.Claims) (string, error) {
	if algorithm == "" {
		algorithm = k.Algorithms[0]
	}
	if !slices.Contains(k.Algorithms, algorithm) {
		return "", fmt.Errorf("sign: the key is not for %s", algorithm)
	}
	t := jwt.NewWithClaims(jwt.GetSigningMethod(algorithm), claims)
	t.Header["typ"], t.Header["kid"] = typ, k.ID
	text, err := t.SignedString(k.signer)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return text, nil
}

// JWK is the public key in published form; an empty algorithm leaves alg out.
func (k Public) JWK(algorithm string) jose.JSONWebKey {
	return jose.JSONWebKey{Key: k.Key, KeyID: k.ID, Algorithm: algorithm, Use: "sig"}
}
