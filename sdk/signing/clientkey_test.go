package signing_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"foyer/sdk/signing"
)

func TestReadClientKey_takes_public_keys_and_drops_what_is_private(t *testing.T) {
	for algorithm, key := range signers(t) {
		text, err := (&jose.JSONWebKey{Key: key, KeyID: "k", Algorithm: algorithm}).MarshalJSON()
		require.NoError(t, err)
		kept, err := signing.ReadClientKey(text)
		require.NoError(t, err)
		require.NotContains(t, string(kept), `"d"`)
		require.Contains(t, string(kept), `"kid":"k"`)
		parsed, err := signing.ParseClientKey(kept)
		require.NoError(t, err)
		require.Equal(t, "k", parsed.ID)
		require.Contains(t, parsed.Algorithms, algorithm)

		der, err := x509.MarshalPKIXPublicKey(key.Public())
		require.NoError(t, err)
		fromPEM, err := signing.ReadClientKey(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		require.NoError(t, err)
		fromJWK, err := (&jose.JSONWebKey{Key: key.Public()}).MarshalJSON()
		require.NoError(t, err)
		require.JSONEq(t, string(fromJWK), string(fromPEM), "as openssl writes it")
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	weak, err := (&jose.JSONWebKey{Key: small.Public()}).MarshalJSON()
	require.NoError(t, err)
	secret, err := (&jose.JSONWebKey{Key: []byte("a secret of thirty-two bytes or so")}).MarshalJSON()
	require.NoError(t, err)
	encryption, err := (&jose.JSONWebKey{Key: signers(t)["RS256"].Public(), Use: "enc"}).MarshalJSON()
	require.NoError(t, err)
	public := func(key any) string {
		der, err := x509.MarshalPKIXPublicKey(key)
		return pemOf(t, "PUBLIC KEY", der, err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(signers(t)["EdDSA"])
	require.NoError(t, err)
	for _, text := range []string{"", "{}", "null", "[]", string(weak), string(secret), string(encryption), `{"kty":"RSA","n":"","e":""}`,
		public(small.Public()), public(curve.Public()),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE"}))} {
		_, err := signing.ReadClientKey([]byte(text))
		require.ErrorIs(t, err, signing.ErrClientKey, text)
	}
}
