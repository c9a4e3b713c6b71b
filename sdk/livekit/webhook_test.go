package livekit_test

import (
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

func hookToken(t testing.TB, key string, secret conf.Secret, body string, change jwt.MapClaims) string {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	c := jwt.MapClaims{"iss": key, "exp": time.Now().Unix() + 300, "sha256": base64.StdEncoding.EncodeToString(sum[:])}
	for k, v := range change {
		if c[k] = v; v == nil {
			delete(c, k)
		}
	}
	return signed(t, jwt.SigningMethodHS256, []byte(secret.Reveal()), c)
}

func TestWebhookVerify_accepts_each_key_and_nothing_else(t *testing.T) {
	second, third := conf.NewSecret("second-secret"), conf.NewSecret("replacing-the-first-secret")
	v := livekit.NewWebhookVerifier(
		livekit.Key{Key: "key", Secret: secret}, livekit.Key{Key: "other", Secret: second},
		livekit.Key{Key: "key", Secret: third}, livekit.Key{Key: "blank"}, livekit.Key{})
	const body = `{"event":"room_started"}`
	tests := map[string]struct {
		token  string
		reason string
	}{
		"first key":             {hookToken(t, "key", secret, body, nil), ""},
		"second key":            {hookToken(t, "other", second, body, nil), ""},
		"first key, new secret": {hookToken(t, "key", third, body, nil), ""},
		"keys mixed up":         {hookToken(t, "key", second, body, nil), "Signature verification failed"},
		"unknown issuer":        {hookToken(t, "third", secret, body, nil), "Invalid issuer"},
		"key without a secret":  {hookToken(t, "blank", conf.Secret{}, body, nil), "Signature verification failed"},
		"bearer word":           {"Bearer " + hookToken(t, "key", secret, body, nil), "Invalid token"},
		"hash of another body":  {hookToken(t, "key", secret, body+" ", nil), "Body hash does not match"},
		"no hash":               {hookToken(t, "key", secret, body, jwt.MapClaims{"sha256": nil}), "Body hash does not match"},
		"empty hash":            {hookToken(t, "key", secret, body, jwt.MapClaims{"sha256": ""}), "Body hash does not match"},
		"expired":               {hookToken(t, "key", secret, body, jwt.MapClaims{"exp": time.Now().Unix() - 90}), "Signature has expired"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := v.Verify(test.token, []byte(body))
			if test.reason == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, test.reason)
		})
	}
}

func TestParseEvent_ignores_what_newer_servers_send(t *testing.T) {
	e, err := livekit.ParseEvent([]byte(`{"event":"x_new","brandNew":{"a":1},"room":{"name":"r","what":2},"participant":{"state":"FLYING"}}`))
	require.NoError(t, err)
	require.Equal(t, "x_new", e.GetEvent())
	require.Equal(t, "r", e.GetRoom().GetName())
}

func TestParseEvent_refuses_what_is_not_an_event(t *testing.T) {
	for _, body := range []string{"", "null", "[]", `"x"`, "{", `{"event":1}`, `{"room":"r"}`, `{"createdAt":"soon"}`} {
		_, err := livekit.ParseEvent([]byte(body))
		require.Error(t, err, body)
	}
}

func FuzzWebhook(f *testing.F) {
	f.Add(hookToken(f, "key", secret, "{}", nil), []byte("{}"))
	f.Add("", []byte(`{"event":"room_started","room":{"name":"r"},"egressInfo":{"roomName":"r"}}`))
	v := livekit.NewWebhookVerifier(livekit.Key{Key: "key", Secret: secret})
	f.Fuzz(func(t *testing.T, token string, body []byte) {
		if v.Verify(token, body) == nil {
			require.Equal(t, "{}", string(body), "only the body that was signed is accepted")
		}
		if e, err := livekit.ParseEvent(body); err != nil {
			require.Nil(t, e)
		}
	})
}
