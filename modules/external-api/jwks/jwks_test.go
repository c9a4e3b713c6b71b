package jwks_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/modules/external-api/jwks"
	"foyer/sdk/conf"
)

// ask returns status and body for a configured key.
func ask(c jwks.Config) (int, string) {
	w := httptest.NewRecorder()
	var p jwks.Publisher
	p.Load(c, nil)
	r := p.Routes()[0]
	r.Handler.ServeHTTP(w, httptest.NewRequest(r.Method, r.Path, nil))
	return w.Code, w.Body.String()
}

func pkcs8(t *testing.T, key any) conf.Secret {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return conf.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

func TestKey_is_published_without_its_private_half(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
	c := jwks.Default()
	for _, form := range []conf.Secret{pkcs8(t, private), conf.NewSecret(string(pkcs1))} {
		c.PrivateKey = form
		status, body := ask(c)
		require.Equal(t, 200, status, body)
		var got struct{ Keys []map[string]string }
		require.NoError(t, json.Unmarshal([]byte(body), &got))
		require.Len(t, got.Keys, 1)
		k := got.Keys[0]
		require.Equal(t, base64.RawURLEncoding.EncodeToString(private.N.Bytes()), k["n"])
		require.Equal(t, []string{"RSA", "AQAB", "RSA-OAEP", "enc"}, []string{k["kty"], k["e"], k["alg"], k["use"]})
		require.Len(t, k["kid"], 43)
		require.Len(t, k, 6, "nothing else")
		require.Regexp(t, `^\{"keys":\[\{"kty":"RSA","n":"[^"]+","e":"AQAB","alg":"RSA-OAEP","use":"enc","kid":"[^"]+"\}\]\}$`, body)
	}
}

func TestKey_of_an_elliptic_curve(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	status, body := ask(jwks.Config{PrivateKey: pkcs8(t, private), KeyType: "EC", Algorithm: "ECDH-ES"})
	require.Equal(t, 200, status, body)
	require.Regexp(t, `^\{"keys":\[\{"kty":"EC","crv":"P-256","x":"[^"]+","y":"[^"]+","alg":"ECDH-ES","use":"enc","kid":"[^"]+"\}\]\}$`, body)
}

func TestKey_faults_have_the_contracts_texts(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, x := range map[string]struct {
		key  conf.Secret
		want string
	}{
		"unset":           {conf.NewSecret(""), `{"error":"OIDC_RS_PRIVATE_KEY_STR setting is missing or empty."}`},
		"no PEM":          {conf.NewSecret("hush"), `{"error":"OIDC_RS_PRIVATE_KEY_STR setting is wrong."}`},
		"no key":          {conf.NewSecret("-----BEGIN PRIVATE KEY-----\naHVzaA==\n-----END PRIVATE KEY-----\n"), `{"error":"OIDC_RS_PRIVATE_KEY_STR setting is wrong."}`},
		"of another kind": {pkcs8(t, ec), `{"error":"OIDC_RS_PRIVATE_KEY_STR setting is wrong."}`},
		"no export":       {pkcs8(t, ed), `{"error":"Could not load key"}`},
	} {
		c := jwks.Default()
		c.PrivateKey = x.key
		status, body := ask(c)
		require.Equal(t, 500, status, name)
		require.Equal(t, x.want, body, name)
	}
}
