package assertion

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"sync"

	"github.com/golang-jwt/jwt/v5"

	"foyer/sdk/signing"
)

// decoys are public keys, one of each kind, whose private halves nobody has. Verifying
// with one costs as much as with an application's own key, so the time a refusal takes
// does not reveal whether the application exists.
var decoys = sync.OnceValue(func() map[string]any {
	modulus := make([]byte, signing.MinRSA/8)
	_, _ = rand.Read(modulus) // never fails
	modulus[0] |= 0x80
	modulus[len(modulus)-1] |= 1
	anyRSA := &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 1<<16 + 1}
	keys := map[string]any{}
	for _, name := range []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"} {
		keys[name] = anyRSA
	}
	for name, curve := range map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()} {
		if k, err := ecdsa.GenerateKey(curve, rand.Reader); err == nil {
			keys[name] = &k.PublicKey
		}
	}
	if public, _, err := ed25519.GenerateKey(rand.Reader); err == nil {
		keys[signing.EdDSA], keys[signing.Ed25519] = public, public
	}
	return keys
})

// spend does the work of a verification and discards the result.
func spend(text string) {
	_, _ = jwt.NewParser(jwt.WithoutClaimsValidation()).ParseWithClaims(text, &claims{}, func(t *jwt.Token) (any, error) {
		key, known := decoys()[t.Method.Alg()]
		if !known {
			return nil, ErrWrong
		}
		return key, nil
	})
}
