package oauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// Clients verify against the published keys, and tokens signed before them stay valid.
func TestKeys_published_verify_tokens_and_the_old_secret_stays_good(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	w := newWorld(t, "signing_key: |\n  "+strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")+"\n")
	require.Equal(t, "http://HOST"+keysPath, object(t, w.get(metadataPath))["jwks_uri"])
	a := w.get(keysPath)
	require.Equal(t, 200, a.Status)
	var set jose.JSONWebKeySet
	require.NoError(t, json.Unmarshal([]byte(a.Body), &set))
	require.Len(t, set.Keys, 1)
	require.True(t, set.Keys[0].IsPublic())

	answer := w.post(tokenPath, w.legacy())
	require.Equal(t, 200, answer.Status, answer.Body)
	token, _ := object(t, answer)["access_token"].(string)
	_, err = jwt.Parse(token, func(tok *jwt.Token) (any, error) { return set.Key(tok.Header["kid"].(string))[0].Key, nil }, jwt.WithValidMethods([]string{"ES256"}))
	require.NoError(t, err)
	require.Equal(t, 200, w.opens(token))
	require.Equal(t, 200, w.opens(w.signed(signingSecret, nil)))
	require.Equal(t, 401, w.opens(w.signed(addonsSecret, nil)))
}
