package livekit_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

func sscanf(text string, h, s, l *int) (int, error) {
	return fmt.Sscanf(text, "hsl(%d, %d%%, %d%%)", h, s, l)
}

func signed(t testing.TB, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	require.NoError(t, err)
	return token
}

// critical has an extension that whoever reads the token must understand.
func critical(t testing.TB, key any, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	token.Header["crit"], token.Header["urn:example:limits"] = []string{"urn:example:limits"}, true
	text, err := token.SignedString(key)
	require.NoError(t, err)
	return text
}

func TestVerify_tells_the_reasons_of_the_contract(t *testing.T) {
	now := time.Now().Unix()
	key := []byte(secret.Reveal())
	hs := func(claims jwt.MapClaims) string { return signed(t, jwt.SigningMethodHS256, key, claims) }
	base := func(change jwt.MapClaims) jwt.MapClaims {
		c := jwt.MapClaims{"iss": "key", "sub": "ada", "exp": now + 300, "nbf": now, "video": map[string]any{"room": "r"}}
		for k, v := range change {
			if c[k] = v; v == nil {
				delete(c, k)
			}
		}
		return c
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	good := hs(base(nil))
	cut := strings.LastIndex(good, ".")

	tests := map[string]struct {
		token  string
		reason string
	}{
		"empty":                    {"", "Not enough segments"},
		"a word":                   {"garbage", "Not enough segments"},
		"two segments":             {good[:cut], "Not enough segments"},
		"four segments":            {good + ".x", "Invalid token"},
		"not base64":               {"a.b.c", "Invalid token"},
		"no signature":             {good[:cut+1], "Signature verification failed"},
		"another secret":           {signed(t, jwt.SigningMethodHS256, []byte("another"), base(nil)), "Signature verification failed"},
		"changed claims":           {good[:cut-2] + "AA" + good[cut:], "Invalid token"},
		"alg none":                 {signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, base(nil)), "The specified alg value is not allowed"},
		"alg HS512":                {signed(t, jwt.SigningMethodHS512, key, base(nil)), "The specified alg value is not allowed"},
		"alg RS256":                {signed(t, jwt.SigningMethodRS256, rsaKey, base(nil)), "The specified alg value is not allowed"},
		"alg unknown":              {"eyJhbGciOiJYIn0.e30.", "The specified alg value is not allowed"},
		"no alg":                   {"e30.e30.", "The specified alg value is not allowed"},
		"another issuer":           {hs(base(jwt.MapClaims{"iss": "other"})), "Invalid issuer"},
		"no issuer":                {hs(base(jwt.MapClaims{"iss": nil})), "Invalid issuer"},
		"issuer and secret differ": {signed(t, jwt.SigningMethodHS256, []byte("another"), base(jwt.MapClaims{"iss": "other"})), "Signature verification failed"},
		"expired":                  {hs(base(jwt.MapClaims{"exp": now - 61})), "Signature has expired"},
		"no expiry":                {hs(base(jwt.MapClaims{"exp": nil})), `Token is missing the "exp" claim`},
		"not yet":                  {hs(base(jwt.MapClaims{"nbf": now + 90})), "The token is not yet valid (nbf)"},
		"no identity":              {hs(base(jwt.MapClaims{"sub": nil})), "Token missing user identity"},
		"empty identity":           {hs(base(jwt.MapClaims{"sub": ""})), "Token missing user identity"},
		"mistyped identity":        {hs(base(jwt.MapClaims{"sub": 7})), "Invalid token"},
		"too long":                 {hs(base(jwt.MapClaims{"name": strings.Repeat("x", 20<<10)})), "Invalid token"},
		"just expired":             {hs(base(jwt.MapClaims{"exp": now - 30})), ""},
		"just not yet":             {hs(base(jwt.MapClaims{"nbf": now + 30})), ""},
		"legacy null attribute":    {hs(base(jwt.MapClaims{"attributes": map[string]any{"room_role": nil}})), ""},
		"a critical header":        {critical(t, key, base(nil)), "Invalid token"},
		"good":                     {good, ""},
	}
	v := livekit.NewVerifier("key", secret)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := v.Verify(test.token)
			if test.reason != "" {
				require.EqualError(t, err, test.reason)
				require.Zero(t, c)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "ada", c.Identity)
			require.Equal(t, "r", c.Room)
			require.WithinDuration(t, time.Unix(now, 0), c.IssuedAt, time.Minute)
		})
	}
}

func TestVerify_refuses_everything_without_a_secret(t *testing.T) {
	forged := signed(t, jwt.SigningMethodHS256, []byte(""), jwt.MapClaims{"iss": "key", "sub": "ada", "exp": time.Now().Unix() + 300})
	_, err := livekit.NewVerifier("key", conf.Secret{}).Verify(forged)
	require.EqualError(t, err, "Signature verification failed")
}

func FuzzVerify(f *testing.F) {
	token, err := livekit.NewTokens("key", secret).Issue(livekit.TokenRequest{Room: "r", Identity: "ada", TTL: time.Hour})
	require.NoError(f, err)
	f.Add(token)
	f.Add("e30.bnVsbA.")
	f.Add("bnVsbA.bnVsbA.bnVsbA")
	f.Add("...")
	v := livekit.NewVerifier("key", secret)
	f.Fuzz(func(t *testing.T, given string) {
		c, err := v.Verify(given)
		if err != nil {
			require.Zero(t, c)
			return
		}
		require.Equal(t, token, given, "only what was signed is accepted")
	})
}
