package signing_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/sdk/signing"
)

// signers are one key of each kind.
func signers(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	all := map[string]crypto.Signer{"RS256": r, "EdDSA": ed}
	for name, curve := range map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()} {
		if all[name], err = ecdsa.GenerateKey(curve, rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func pemOf(t testing.TB, kind string, der []byte, err error) string {
	t.Helper()
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// published is a key as others see it.
func published(t testing.TB, k signing.Private, algorithm string) []byte {
	t.Helper()
	jwk := k.JWK(algorithm)
	text, err := jwk.MarshalJSON()
	require.NoError(t, err)
	return text
}

func TestKeys_sign_what_their_published_halves_verify_with_every_algorithm_of_theirs(t *testing.T) {
	for usual, signer := range signers(t) {
		der, err := x509.MarshalPKCS8PrivateKey(signer)
		keys, err := signing.ReadPrivate(pemOf(t, "PRIVATE KEY", der, err))
		require.NoError(t, err)
		require.Equal(t, usual, keys[0].Algorithms[0])
		public, err := signing.ReadPublic(published(t, keys[0], ""))
		require.NoError(t, err)
		for _, algorithm := range public.Algorithms {
			token, err := keys[0].Sign(algorithm, "JWT", jwt.MapClaims{"sub": "ada"})
			require.NoError(t, err)
			payload, err := signing.Verify(token, []string{algorithm}, []signing.Public{public})
			require.NoError(t, err, algorithm)
			require.JSONEq(t, `{"sub":"ada"}`, string(payload))
			for i := 0; i < len(token)-1; i += 5 { // the last character has bits that are not used
				bad := []byte(token)
				bad[i] ^= 1
				_, err := signing.Verify(string(bad), []string{algorithm}, []signing.Public{public})
				require.Error(t, err, "%s: character %d", algorithm, i)
			}
		}
		_, err = keys[0].Sign("HS256", "JWT", jwt.MapClaims{})
		require.Error(t, err)
	}
}

func TestVerify_takes_nothing_else(t *testing.T) {
	key := signers(t)["ES256"]
	der, err := x509.MarshalPKCS8PrivateKey(key)
	keys, err := signing.ReadPrivate(pemOf(t, "PRIVATE KEY", der, err))
	require.NoError(t, err)
	good, err := keys[0].Sign("", "JWT", jwt.MapClaims{})
	require.NoError(t, err)
	parts := strings.Split(good, ".")
	head := func(text string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(text)) + "." + parts[1] + "." + parts[2]
	}
	public := []signing.Public{keys[0].Public}
	for name, c := range map[string]struct {
		token      string
		algorithms []string
		keys       []signing.Public
	}{
		"another algorithm is wanted":    {good, []string{"RS256"}, public},
		"no algorithm is wanted":         {good, nil, public},
		"no keys":                        {good, []string{"ES256"}, nil},
		"another id":                     {good, []string{"ES256"}, []signing.Public{{ID: "x", Algorithms: public[0].Algorithms, Key: public[0].Key}}},
		"a key for another algorithm":    {good, []string{"ES256"}, []signing.Public{{Algorithms: []string{"ES384"}, Key: public[0].Key}}},
		"none":                           {head(`{"alg":"none"}`), []string{"ES256", "none"}, public},
		"a critical header":              {head(`{"alg":"ES256","crit":["b64"],"b64":false}`), []string{"ES256"}, public},
		"a header that is not an object": {head(`"ES256"`), []string{"ES256"}, public},
		"two parts":                      {parts[0] + "." + parts[1], []string{"ES256"}, public},
		"four parts":                     {good + ".x", []string{"ES256"}, public},
		"nothing":                        {"", []string{"ES256"}, public},
	} {
		_, err := signing.Verify(c.token, c.algorithms, c.keys)
		require.Error(t, err, name)
	}
}

func TestReadPrivate_takes_every_usual_form_and_several_keys(t *testing.T) {
	all := signers(t)
	r, e := all["RS256"].(*rsa.PrivateKey), all["ES256"].(*ecdsa.PrivateKey)
	pkcs8 := func(k any) string {
		der, err := x509.MarshalPKCS8PrivateKey(k)
		return pemOf(t, "PRIVATE KEY", der, err)
	}
	sec1, err := x509.MarshalECPrivateKey(e)
	ec := pemOf(t, "EC PRIVATE KEY", sec1, err)
	certificate := pemOf(t, "CERTIFICATE", []byte("x"), nil)
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"PKCS #8": {pkcs8(r), 1}, "PKCS #1": {pemOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(r), nil), 1}, "SEC 1": {ec, 1},
		"with parameters": {pemOf(t, "EC PARAMETERS", []byte{6}, nil) + ec, 1}, "with a certificate": {pkcs8(r) + certificate, 1},
		"two": {ec + pkcs8(all["EdDSA"]), 2}, "with carriage returns": {strings.ReplaceAll(ec, "\n", "\r\n"), 1},
		"nothing": {"", 0}, "no PEM": {"x", 0}, "a certificate alone": {certificate, 0}, "rubbish": {pemOf(t, "PRIVATE KEY", []byte("x"), nil), 0},
		"one good, one bad": {ec + pemOf(t, "PRIVATE KEY", []byte("x"), nil), 0},
	} {
		keys, err := signing.ReadPrivate(c.text)
		require.Equal(t, c.want == 0, err != nil, name)
		require.Len(t, keys, c.want, name)
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	_, err = signing.ReadPrivate(pkcs8(p224))
	require.Error(t, err)
}

func TestReadPublic_keeps_to_what_the_key_says_it_is_for(t *testing.T) {
	der, err := x509.MarshalPKCS8PrivateKey(signers(t)["RS256"])
	keys, err := signing.ReadPrivate(pemOf(t, "PRIVATE KEY", der, err))
	require.NoError(t, err)
	with := func(more map[string]any) []byte {
		var m map[string]any
		require.NoError(t, json.Unmarshal(published(t, keys[0], ""), &m))
		for k, v := range more {
			if m[k] = v; v == nil {
				delete(m, k)
			}
		}
		text, err := json.Marshal(m)
		require.NoError(t, err)
		return text
	}
	for name, c := range map[string]struct {
		more map[string]any
		want []string
	}{
		"nothing said": {map[string]any{"use": nil}, []string{"RS256", "PS256", "RS384", "PS384", "RS512", "PS512"}},
		"one":          {map[string]any{"alg": "PS256"}, []string{"PS256"}},
		"of a curve":   {map[string]any{"alg": "ES256"}, nil},
		"of a secret":  {map[string]any{"alg": "HS256"}, nil},
		"to encrypt":   {map[string]any{"use": "enc"}, nil},
		"to wrap":      {map[string]any{"alg": "RSA-OAEP", "use": nil}, nil},
	} {
		k, err := signing.ReadPublic(with(c.more))
		require.Equal(t, c.want == nil, err != nil, name)
		require.Equal(t, c.want, k.Algorithms, name)
	}
}

func TestSame_knows_both_names_of_Ed25519(t *testing.T) {
	require.True(t, signing.Same("EdDSA", "Ed25519"))
	require.True(t, signing.Same("RS256", "RS256"))
	require.False(t, signing.Same("RS256", "PS256"))
	require.False(t, signing.Same("", "EdDSA"))
	require.Equal(t, []string{"Ed25519", "EdDSA", "RS256"}, signing.Names("RS256", "Ed25519", "RS256"))
	require.True(t, slices.Contains(signing.Asymmetric(), signing.Ed25519))
}

func FuzzVerify(f *testing.F) {
	der, err := x509.MarshalPKCS8PrivateKey(signers(f)["EdDSA"])
	keys, err := signing.ReadPrivate(pemOf(f, "PRIVATE KEY", der, err))
	require.NoError(f, err)
	good, err := keys[0].Sign("", "JWT", jwt.MapClaims{"sub": "ada"})
	require.NoError(f, err)
	f.Add(good)
	f.Add("e30.e30.e30")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		payload, err := signing.Verify(token, signing.Asymmetric(), []signing.Public{keys[0].Public})
		if err == nil {
			require.JSONEq(t, `{"sub":"ada"}`, string(payload), "nobody else has the key")
		}
	})
}

func FuzzReadSet(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AQ"},null]}`))
	f.Add([]byte(`{"keys":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, _, err := signing.ReadSet(text)
		for _, k := range keys {
			require.NotEmpty(t, k.Algorithms)
		}
		if err != nil {
			require.Empty(t, keys)
		}
	})
}
