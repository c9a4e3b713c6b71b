package config_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClient_that_cannot_prove_to_be_itself_is_a_fault(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "client.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	for lines, fault := range map[string]string{
		"client_auth: private_key_jwt, client_key_file: " + file: "",
		"client_auth: none": "", "client_auth: client_secret_basic, client_secret: s": "", "client_key_file: " + file: "",
		"client_auth: private_key_jwt, client_secret: s": "private_key_jwt needs a key",
		"client_auth: client_secret_post":                "client_secret_post needs a secret",
		"client_auth: client_secret_jwt":                 "client_secret_jwt",
		"client_key: x":                                  "no private key in PEM",
		"par_endpoint: x":                                "par_endpoint",
	} {
		_, _, err := load(t, "oidc: {issuer: 'https://id.example.org', "+lines+"}\n")
		if fault == "" {
			require.NoError(t, err, lines)
			continue
		}
		require.ErrorContains(t, err, fault, lines)
	}
}
