package auth_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"maps"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/internal/dev/oidcdev"
	"foyer/sdk/signing"
)

// unusable returns broken keys, and keys that real providers publish next to those that
// they sign with.
func unusable() []any {
	return []any{
		"x", nil, 7, []any{}, map[string]any{},
		map[string]any{"kty": "XYZ", "kid": "new"},
		map[string]any{"kty": "RSA", "kid": "none", "e": "AQAB"},
		map[string]any{"kty": "RSA", "kid": 7, "n": "AQAB", "e": "AQAB"},
		map[string]any{"kty": "RSA", "n": "!", "e": "AQAB"},
		map[string]any{"kty": "RSA", "use": "enc", "alg": "RSA-OAEP-256", "n": "AQAB", "e": "AQAB"},
		map[string]any{"kty": "EC", "crv": "secp256k1", "x": "AQ", "y": "AQ", "alg": "ES256K"},
		map[string]any{"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"},
		map[string]any{"kty": "OKP", "crv": "Ed448", "x": "AQ"},
		map[string]any{"kty": "OKP", "crv": "X25519", "x": "AQ", "use": "enc"},
		map[string]any{"kty": "oct", "k": "c2VjcmV0"},
		map[string]any{"kty": "AKP", "alg": "ML-DSA-65", "pub": "AQ"},
	}
}

func TestKeys_that_cannot_be_used_are_left_out(t *testing.T) {
	st := sqlite(t)
	for i, one := range unusable() {
		w := newWorld(t, st, nil)
		w.op.Misbehave(oidcdev.Faults{Keys: func(keys []any) []any { return append([]any{one}, keys...) }})
		w.redirects(w.browser().login("ada", ""), "/home")
		require.NotContains(t, w.logs.String(), "a sign-in failed", i)
	}
	w := newWorld(t, st, nil)
	w.op.Misbehave(oidcdev.Faults{Keys: func(keys []any) []any { return append(unusable(), keys...) }})
	w.redirects(w.browser().login("ada", ""), "/home")
	w = newWorld(t, st, nil)
	w.op.Misbehave(oidcdev.Faults{Keys: func([]any) []any { return unusable() }})
	w.redirects(w.browser().login("ada", ""), "/failed")
	require.Contains(t, w.logs.String(), "no key that verifies")
}

// Certificates that come with a key are ignored.
func TestKeys_are_used_whatever_certificates_come_along(t *testing.T) {
	st := sqlite(t)
	for _, more := range []map[string]any{{"x5c": []string{"!"}}, {"x5c": 7}, {"x5t": "0123456789abcdef"}, {"x5t#S256": "x"}, {"x5u": "::"}} {
		w := newWorld(t, st, nil)
		w.op.Misbehave(oidcdev.Faults{Keys: func(keys []any) []any {
			maps.Copy(keys[0].(map[string]any), more)
			return keys
		}})
		w.redirects(w.browser().login("ada", ""), "/home")
	}
}

func TestKeys_without_an_id_fit_every_token(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	w.op.Misbehave(oidcdev.Faults{Keys: func(keys []any) []any { delete(keys[0].(map[string]any), "kid"); return keys }})
	w.redirects(w.browser().login("ada", ""), "/home")
}

// Ed25519 has two names, in tokens, in keys and in the configuration.
func TestKeys_of_Ed25519_go_by_both_names(t *testing.T) {
	st := sqlite(t)
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for _, configured := range []string{signing.EdDSA, signing.Ed25519} {
		for _, ofKey := range []string{"", signing.EdDSA, signing.Ed25519} {
			for _, ofToken := range []string{signing.EdDSA, signing.Ed25519} {
				w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.SignAlgo = configured })
				w.op.Misbehave(oidcdev.Faults{
					Keys: func(keys []any) []any {
						return append(keys, &jose.JSONWebKey{Key: public, KeyID: "ed", Use: "sig", Algorithm: ofKey})
					},
					SignWith: func(c map[string]any) (string, error) {
						token := jwt.NewWithClaims(jwt.GetSigningMethod(ofToken), jwt.MapClaims(c))
						token.Header["kid"] = "ed"
						return token.SignedString(private)
					},
				})
				w.redirects(w.browser().login("ada", ""), "/home")
			}
		}
	}
}

// Anybody can post tokens that name keys: they must not each cause the set to be read,
// however many are posted.
func TestKeys_that_are_unknown_do_not_make_the_set_be_read_at_each_request(t *testing.T) {
	st := sqlite(t)
	w := newWorld(t, st, nil)
	w.redirects(w.browser().login("ada", ""), "/home")
	forged := make([]string, 40)
	for i := range forged {
		forged[i] = w.signed(w.logoutClaims(map[string]any{"sub": "ada"}), oidcdev.OtherKey)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for range 40 {
		token := jwt.NewWithClaims(jwt.GetSigningMethod("EdDSA"), jwt.MapClaims(w.logoutClaims(nil)))
		token.Header["alg"], token.Header["kid"] = "EdDSA", rand.Text()
		text, err := token.SignedString(private)
		require.NoError(t, err)
		forged = append(forged, text)
	}
	start := time.Now()
	var all sync.WaitGroup
	for part := range 4 {
		all.Go(func() {
			for i := part; i < len(forged); i += 4 {
				w.refusesLogout(w.postLogout(forged[i]), "Invalid logout token")
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, len(w.op.Requests("/keys")), 2+int(time.Since(start)/(10*time.Second)))
	w.redirects(w.browser().login("ada", ""), "/home")
}
