package keyring_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/modules/external-api/keyring"
	"foyer/sdk/conf"
)

func pemOf(t *testing.T, kind string, key any) conf.Secret {
	t.Helper()
	var der []byte
	var err error
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if der = x509.MarshalPKCS1PrivateKey(k); kind == "PRIVATE KEY" {
			der, err = x509.MarshalPKCS8PrivateKey(k)
		}
	case *ecdsa.PrivateKey:
		if der, err = x509.MarshalECPrivateKey(k); kind == "PRIVATE KEY" {
			der, err = x509.MarshalPKCS8PrivateKey(k)
		}
	default:
		der, err = x509.MarshalPKCS8PrivateKey(key)
	}
	require.NoError(t, err)
	return conf.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return k
}

func ecKey(t *testing.T, c elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	require.NoError(t, err)
	return k
}

const secret = "a secret of more than thirty-two bytes for tests"

func TestSign_makes_tokens_that_the_published_keys_verify(t *testing.T) {
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for algorithm, text := range map[string]conf.Secret{
		"RS256": pemOf(t, "PRIVATE KEY", rsaKey(t, 2048)), "ES256": pemOf(t, "EC PRIVATE KEY", ecKey(t, elliptic.P256())),
		"ES384": pemOf(t, "PRIVATE KEY", ecKey(t, elliptic.P384())), "ES512": pemOf(t, "PRIVATE KEY", ecKey(t, elliptic.P521())),
		"EdDSA": pemOf(t, "PRIVATE KEY", edKey),
	} {
		t.Run(algorithm, func(t *testing.T) {
			r, err := keyring.New(keyring.Options{Signing: text, Secret: conf.NewSecret(secret), Algorithm: "HS256"})
			require.NoError(t, err)
			token, err := r.Sign(jwt.MapClaims{"sub": "ada"})
			require.NoError(t, err)
			require.True(t, r.Publishes())
			published, err := r.Published()
			require.NoError(t, err)
			require.NotContains(t, string(published), `"d"`, "a private key")
			require.NotContains(t, string(published), secret)
			var set jose.JSONWebKeySet
			require.NoError(t, json.Unmarshal(published, &set))
			require.Len(t, set.Keys, 1)
			require.Equal(t, algorithm, set.Keys[0].Algorithm)
			parsed, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return set.Keys[0].Key, nil }, jwt.WithValidMethods([]string{algorithm}))
			require.NoError(t, err)
			require.Equal(t, "at+jwt", parsed.Header["typ"])
			require.Equal(t, set.Keys[0].KeyID, parsed.Header["kid"])
			sum, err := set.Keys[0].Thumbprint(crypto.SHA256)
			require.NoError(t, err)
			require.Len(t, sum, 32)
			require.Len(t, r.Verifiers(), 2, "tokens of the secret are still good")
		})
	}
}

func TestSign_with_a_secret_publishes_nothing(t *testing.T) {
	for _, algorithm := range []string{"HS256", "HS384", "HS512"} {
		r, err := keyring.New(keyring.Options{Secret: conf.NewSecret(secret), Algorithm: algorithm})
		require.NoError(t, err)
		token, err := r.Sign(jwt.MapClaims{"sub": "ada"})
		require.NoError(t, err)
		_, err = jwt.Parse(token, func(*jwt.Token) (any, error) { return []byte(secret), nil }, jwt.WithValidMethods([]string{algorithm}))
		require.NoError(t, err)
		require.False(t, r.Publishes())
		published, err := r.Published()
		require.NoError(t, err)
		require.Equal(t, `{"keys":[]}`, string(published))
	}
}

func TestNew_without_keys_signs_nothing(t *testing.T) {
	r, err := keyring.New(keyring.Options{Algorithm: "HS256"})
	require.NoError(t, err)
	_, err = r.Sign(jwt.MapClaims{})
	require.ErrorIs(t, err, keyring.ErrNoKey)
	require.Empty(t, r.Verifiers())
}

func TestNew_refuses_keys_that_cannot_sign(t *testing.T) {
	for name, x := range map[string]struct {
		o    keyring.Options
		want string
	}{
		"no PEM":              {keyring.Options{Signing: conf.NewSecret(secret)}, "signing_key: it is not PEM text"},
		"a certificate":       {keyring.Options{Signing: conf.NewSecret("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")}, "not a private key"},
		"a short RSA key":     {keyring.Options{Signing: pemOf(t, "RSA PRIVATE KEY", rsaKey(t, 1024))}, "2048 bits"},
		"RSA for ES256":       {keyring.Options{Secret: pemOf(t, "PRIVATE KEY", rsaKey(t, 2048)), Algorithm: "ES256"}, "jwt_secret_key: the key is not one for ES256"},
		"another curve":       {keyring.Options{Secret: pemOf(t, "PRIVATE KEY", ecKey(t, elliptic.P384())), Algorithm: "ES256"}, "curve"},
		"a curve for EdDSA":   {keyring.Options{Secret: pemOf(t, "PRIVATE KEY", ecKey(t, elliptic.P256())), Algorithm: "EdDSA"}, "not one for EdDSA"},
		"a curve without alg": {keyring.Options{Signing: pemOf(t, "PRIVATE KEY", ecKey(t, elliptic.P224()))}, "not one for"},
		"a secret for RS256":  {keyring.Options{Secret: conf.NewSecret(secret), Algorithm: "RS256"}, "not PEM"},
	} {
		_, err := keyring.New(x.o)
		require.ErrorContains(t, err, x.want, name)
		require.False(t, strings.Contains(err.Error(), secret), name)
	}
}

func TestNew_takes_a_PEM_key_for_the_algorithm_it_is_configured_with(t *testing.T) {
	text := pemOf(t, "PRIVATE KEY", rsaKey(t, 2048))
	for _, algorithm := range []string{"RS256", "RS512", "PS256", "PS384"} {
		r, err := keyring.New(keyring.Options{Secret: text, Algorithm: algorithm})
		require.NoError(t, err)
		require.Equal(t, algorithm, r.Verifiers()[0].Algorithm)
		_, err = r.Sign(jwt.MapClaims{})
		require.NoError(t, err)
	}
}

func TestWeak_tells_of_a_secret_shorter_than_its_hash(t *testing.T) {
	for algorithm, n := range map[string]int{"HS256": 32, "HS384": 48, "HS512": 64} {
		for length, want := range map[int]bool{n: false, n - 1: true} {
			r, err := keyring.New(keyring.Options{Secret: conf.NewSecret(strings.Repeat("x", length)), Algorithm: algorithm})
			require.NoError(t, err)
			require.Equal(t, want, r.Weak())
		}
	}
}
