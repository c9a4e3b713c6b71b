package assertion_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/modules/external-api/assertion"
	"foyer/sdk/module"
	"foyer/sdk/signing"
)

const (
	client   = "client"
	audience = "https://meet.example.org/external-api/v1.0/application/token/"
)

func newVerifier(t *testing.T) *assertion.Verifier {
	t.Helper()
	s, err := store.Open(t.Context(), config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 10 * time.Second})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Migrate(t.Context()))
	return &assertion.Verifier{Once: documents.NewValues(s).For("external_api")}
}

func signers(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	_, d, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return map[string]crypto.Signer{"RS256": r, "PS384": r, "ES256": e, "EdDSA": d}
}

// app has the public keys of the signers.
func app(t *testing.T, keys ...crypto.Signer) *module.Application {
	t.Helper()
	a := &module.Application{ID: uuid.New(), ClientID: client}
	for _, k := range keys {
		text, err := (&jose.JSONWebKey{Key: k.Public()}).MarshalJSON()
		require.NoError(t, err)
		public, err := signing.ReadClientKey(text)
		require.NoError(t, err)
		a.Keys = append(a.Keys, module.ApplicationKey{ID: uuid.New(), JWK: public})
	}
	return a
}

// good returns the claims of a correct assertion.
func good() jwt.MapClaims {
	return jwt.MapClaims{
		"iss": client, "sub": client, "aud": audience, "jti": uuid.NewString(),
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
	}
}

func sign(t *testing.T, method string, key any, c jwt.MapClaims) string {
	t.Helper()
	text, err := jwt.NewWithClaims(jwt.GetSigningMethod(method), c).SignedString(key)
	require.NoError(t, err)
	return text
}

func TestCheck_takes_an_assertion_once_by_any_of_the_keys(t *testing.T) {
	v := newVerifier(t)
	for algorithm, key := range signers(t) {
		other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		a := app(t, other, key)
		text := sign(t, algorithm, key, good())
		id, err := assertion.ClientID(text)
		require.NoError(t, err)
		require.Equal(t, client, id)
		got, err := v.Check(t.Context(), a, text, []string{"https://issuer.example", audience})
		require.NoError(t, err, algorithm)
		require.Equal(t, a.Keys[1].ID, got)
		_, err = v.Check(t.Context(), a, text, []string{audience})
		require.ErrorIs(t, err, assertion.ErrWrong, "used before")
	}
}

func TestCheck_takes_Ed25519_by_both_names(t *testing.T) {
	v, key := newVerifier(t), signers(t)["EdDSA"]
	for _, ofKey := range []string{"", "EdDSA", "Ed25519"} {
		text, err := (&jose.JSONWebKey{Key: key.Public(), Algorithm: ofKey}).MarshalJSON()
		require.NoError(t, err)
		public, err := signing.ReadClientKey(text)
		require.NoError(t, err)
		a := &module.Application{ID: uuid.New(), ClientID: client, Keys: []module.ApplicationKey{{ID: uuid.New(), JWK: public}}}
		for _, ofToken := range []string{"EdDSA", "Ed25519"} {
			_, err := v.Check(t.Context(), a, sign(t, ofToken, key, good()), []string{audience})
			require.NoError(t, err, "%s %s", ofKey, ofToken)
		}
	}
}

func TestCheck_of_one_assertion_at_once_takes_it_once(t *testing.T) {
	v, key := newVerifier(t), signers(t)["ES256"]
	a, text := app(t, key), sign(t, "ES256", key, good())
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := v.Check(t.Context(), a, text, []string{audience}); err == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	require.Equal(t, int64(1), won.Load())
}

func TestCheck_refuses_claims_that_do_not_hold(t *testing.T) {
	v, key := newVerifier(t), signers(t)["ES256"]
	a := app(t, key)
	at := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	for name, change := range map[string]jwt.MapClaims{
		"another issuer": {"iss": "other"}, "another subject": {"sub": "other"}, "another audience": {"aud": "https://evil.example"},
		"no audience": {"aud": nil}, "expired": {"exp": at(-2 * time.Minute)}, "no end": {"exp": nil}, "good for too long": {"exp": at(2 * time.Hour)},
		"issued in the future": {"iat": at(10 * time.Minute)}, "not yet good": {"nbf": at(10 * time.Minute)}, "no id": {"jti": nil},
	} {
		c := good()
		maps.Copy(c, change)
		maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
		_, err := v.Check(t.Context(), a, sign(t, "ES256", key, c), []string{audience})
		require.ErrorIs(t, err, assertion.ErrWrong, name)
	}
	c := good() // clocks may be slightly off
	c["iat"], c["exp"] = at(30*time.Second), at(-30*time.Second)
	_, err := v.Check(t.Context(), a, sign(t, "ES256", key, c), []string{audience})
	require.NoError(t, err)
}

func TestCheck_refuses_signatures_that_are_none(t *testing.T) {
	v, keys := newVerifier(t), signers(t)
	a := app(t, keys["RS256"])
	unsigned := sign(t, "none", jwt.UnsafeAllowNoneSignatureType, good())
	confused := sign(t, "HS256", a.Keys[0].JWK, good())
	foreign := sign(t, "ES256", keys["ES256"], good())
	extended := jwt.NewWithClaims(jwt.GetSigningMethod("RS256"), good())
	extended.Header["crit"], extended.Header["x"] = []string{"x"}, true
	critical, err := extended.SignedString(keys["RS256"])
	require.NoError(t, err)
	tampered := sign(t, "RS256", keys["RS256"], good())
	for name, text := range map[string]string{
		"none": unsigned, "a public key as secret": confused, "a key of nobody": foreign, "tampered": tampered[:len(tampered)-8] + "AAAAAAAA",
		"a critical header": critical, "empty": "", "no token": "x", "too long": strings.Repeat("a.", 5_000),
	} {
		_, err := v.Check(t.Context(), a, text, []string{audience})
		require.ErrorIs(t, err, assertion.ErrWrong, name)
	}
	_, err = v.Check(t.Context(), nil, sign(t, "RS256", keys["RS256"], good()), []string{audience})
	require.ErrorIs(t, err, assertion.ErrWrong, "no such application")
	_, err = v.Check(t.Context(), &module.Application{ClientID: client}, sign(t, "RS256", keys["RS256"], good()), []string{audience})
	require.ErrorIs(t, err, assertion.ErrWrong, "no keys")
}

func FuzzClientID(f *testing.F) {
	f.Add("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiaXNzIjoiYSJ9.")
	f.Add("..")
	f.Fuzz(func(t *testing.T, text string) {
		id, err := assertion.ClientID(text)
		require.Equal(t, err == nil, id != "")
	})
}
