package jwks

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"
)

// Faults of the configured key, with the texts that clients see.
var (
	errMissing = errors.New("OIDC_RS_PRIVATE_KEY_STR setting is missing or empty.") //nolint:revive,staticcheck // a text of the contract
	errWrong   = errors.New("OIDC_RS_PRIVATE_KEY_STR setting is wrong.")            //nolint:revive,staticcheck // a text of the contract
	errExport  = errors.New("Could not load key")                                   //nolint:revive,staticcheck // a text of the contract
)

// key is a public key in JSON (RFC 7517), with its members in the contract's order.
type key struct {
	Type  string `json:"kty"`
	N     string `json:"n,omitempty"`
	E     string `json:"e,omitempty"`
	Curve string `json:"crv,omitempty"`
	X     string `json:"x,omitempty"`
	Y     string `json:"y,omitempty"`
	Alg   string `json:"alg"`
	Use   string `json:"use"`
	ID    string `json:"kid"` // thumbprint (RFC 7638)
}

// public returns the public half of the configured key.
func public(c Config) (key, error) {
	if c.PrivateKey.IsZero() {
		return key{}, errMissing
	}
	private, err := parse([]byte(c.PrivateKey.Reveal()))
	if err != nil {
		return key{}, fmt.Errorf("%w (%w)", errWrong, err)
	}
	switch private := private.(type) {
	case *rsa.PrivateKey:
		return export(c, jose.JSONWebKey{Key: &private.PublicKey})
	case *ecdsa.PrivateKey:
		return export(c, jose.JSONWebKey{Key: &private.PublicKey})
	}
	return key{}, errExport
}

// open turns a public key into its JSON object.
func open(public jose.JSONWebKey) (key, error) {
	k := key{}
	text, err := public.MarshalJSON()
	if err == nil {
		err = json.Unmarshal(text, &k)
	}
	if err != nil {
		return key{}, fmt.Errorf("%w (%w)", errExport, err)
	}
	return k, nil
}

func export(c Config, public jose.JSONWebKey) (key, error) {
	thumb, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return key{}, fmt.Errorf("%w (%w)", errExport, err)
	}
	k, err := open(public)
	if err != nil {
		return key{}, err
	}
	if k.Type != c.KeyType {
		return key{}, fmt.Errorf("%w (the key is of type %s)", errWrong, k.Type)
	}
	k.Alg, k.Use, k.ID = c.Algorithm, "enc", base64.RawURLEncoding.EncodeToString(thumb)
	return k, nil
}

// parse reads the first PEM block, in any of the usual encodings.
func parse(text []byte) (any, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	if k, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return k, nil
	}
	if k, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return k, nil
	}
	k, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("no private key of a known form")
	}
	return k, nil
}
