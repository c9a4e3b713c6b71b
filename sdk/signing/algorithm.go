package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"slices"

	"github.com/golang-jwt/jwt/v5"
)

// The two names of Ed25519 signatures.
const (
	EdDSA   = "EdDSA"   // RFC 8037
	Ed25519 = "Ed25519" // RFC 9864
)

// Asymmetric are the algorithms that a public key can verify.
func Asymmetric() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", EdDSA, Ed25519}
}

// Same reports whether two names mean one algorithm.
func Same(a, b string) bool { return canonical(a) == canonical(b) }

// Names are the algorithms under all of their names.
func Names(algorithms ...string) []string {
	var all []string
	for _, a := range algorithms {
		if canonical(a) != EdDSA {
			all = append(all, a)
			continue
		}
		all = append(all, EdDSA, Ed25519)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func canonical(algorithm string) string {
	if algorithm == Ed25519 {
		return EdDSA
	}
	return algorithm
}

// AlgorithmsOf are the algorithms that a public key can be used with, the usual
// one first; none for an unknown type of key.
func AlgorithmsOf(public crypto.PublicKey) []string {
	switch k := public.(type) {
	case *rsa.PublicKey:
		return []string{"RS256", "PS256", "RS384", "PS384", "RS512", "PS512"}
	case *ecdsa.PublicKey:
		if name := map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[k.Curve.Params().BitSize]; name != "" {
			return []string{name}
		}
	case ed25519.PublicKey:
		return []string{EdDSA, Ed25519}
	}
	return nil
}

// ed25519Method is the library's EdDSA under its other name.
type ed25519Method struct{ jwt.SigningMethodEd25519 }

func (*ed25519Method) Alg() string { return Ed25519 }

// The library looks methods up by the name in a token, in a registry that has
// only the older name.
func init() {
	jwt.RegisterSigningMethod(Ed25519, func() jwt.SigningMethod { return &ed25519Method{} })
}
