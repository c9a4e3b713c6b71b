package auth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
)

const event = "http://schemas.openid.net/event/backchannel-logout"

func (w *world) logoutClaims(more map[string]any) map[string]any {
	c := map[string]any{
		"iss": w.op.Issuer, "aud": w.op.ClientID, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
		"jti": uuid.NewString(), "events": map[string]any{event: map[string]any{}},
	}
	for k, v := range more {
		if v == nil {
			delete(c, k)
		} else {
			c[k] = v
		}
	}
	return c
}

func (w *world) postLogout(token string) answer {
	w.Helper()
	req, err := http.NewRequest(http.MethodPost, w.url+"/api/v1.0/backchannel-logout/", strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
	require.NoError(w.T, err)
	a := w.browser().send(req, "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(w.T, "no-store", a.Header.Get("Cache-Control"))
	w.logs.keepOut(token)
	return a
}

func (w *world) signed(claims map[string]any, how oidcdev.Signature) string {
	w.Helper()
	token, err := w.op.Sign(claims, how)
	require.NoError(w.T, err)
	return token
}

func (w *world) refusesLogout(a answer, description string) {
	w.Helper()
	require.Equal(w.T, http.StatusBadRequest, a.StatusCode)
	var body map[string]string
	require.NoError(w.T, json.Unmarshal([]byte(a.body), &body))
	require.Equal(w.T, map[string]string{"error": "invalid_request", "error_description": description}, body)
}

func TestBackchannelLogout_ends_sessions(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		one, two, other := w.browser(), w.browser(), w.browser()
		sid := one.loginSID("ada")
		two.login("ada", "")
		other.login("grace", "")

		token := w.signed(w.logoutClaims(map[string]any{"sid": sid, "sub": "ada"}), oidcdev.GoodKey)
		a := w.postLogout(token)
		require.Equal(t, http.StatusNoContent, a.StatusCode, a.body)
		require.Empty(t, a.body)
		require.False(t, one.signedIn())
		require.True(t, two.signedIn())
		w.refusesLogout(w.postLogout(token), "Token already processed")

		one.login("ada", "")
		require.Equal(t, http.StatusNoContent, w.postLogout(w.signed(w.logoutClaims(map[string]any{"sub": "ada"}), oidcdev.GoodKey)).StatusCode)
		require.False(t, one.signedIn())
		require.False(t, two.signedIn())
		require.True(t, other.signedIn())
		require.Equal(t, http.StatusNoContent, w.postLogout(w.signed(w.logoutClaims(map[string]any{"sub": "unknown"}), oidcdev.GoodKey)).StatusCode)
		require.Equal(t, http.StatusNoContent, w.postLogout(w.signed(w.logoutClaims(map[string]any{"sid": "unknown"}), oidcdev.GoodKey)).StatusCode)
		for _, nobody := range []string{"a\x00b", strings.Repeat("a", 256), "auth0|unknown"} {
			require.Equal(t, http.StatusNoContent, w.postLogout(w.signed(w.logoutClaims(map[string]any{"sub": nobody}), oidcdev.GoodKey)).StatusCode)
		}
		require.True(t, other.signedIn())
	})
}

// loginSID signs in and returns the provider's session id.
func (b *browser) loginSID(user string) (sid string) {
	b.w.Helper()
	b.w.op.Misbehave(oidcdev.Faults{IDToken: func(c map[string]any) { sid, _ = c["sid"].(string) }})
	b.login(user, "")
	b.w.op.Misbehave(oidcdev.Faults{})
	require.NotEmpty(b.w.T, sid)
	return sid
}

func TestBackchannelLogout_refuses_bad_tokens(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	b.login("ada", "")
	w.refusesLogout(w.postLogout(""), "Missing logout_token parameter")
	w.refusesLogout(w.postLogout("nonsense"), "Invalid logout token")
	w.refusesLogout(w.browser().do("POST", "/api/v1.0/backchannel-logout/?logout_token=x"), "Missing logout_token parameter")
	w.refusesLogout(w.postLogout(strings.Repeat("x", 70<<10)), "Missing logout_token parameter")
	for name, c := range map[string]map[string]any{
		"another issuer":         {"iss": "https://attacker.example.org"},
		"another audience":       {"aud": "x"},
		"expired":                {"exp": 1},
		"no exp":                 {"exp": nil},
		"no iat":                 {"iat": nil},
		"iat in the future":      {"iat": time.Now().Add(time.Hour).Unix(), "exp": time.Now().Add(2 * time.Hour).Unix()},
		"nonce":                  {"nonce": "n"},
		"no jti":                 {"jti": nil},
		"no events":              {"events": nil},
		"another event":          {"events": map[string]any{"x": map[string]any{}}},
		"event of no object":     {"events": map[string]any{event: "x"}},
		"event that is null":     {"events": map[string]any{event: nil}},
		"events of another kind": {"events": []any{event}},
	} {
		t.Run(name, func(t *testing.T) {
			c["sub"] = "ada"
			w.refusesLogout(w.postLogout(w.signed(w.logoutClaims(c), oidcdev.GoodKey)), "Invalid logout token")
		})
	}
	for _, how := range []oidcdev.Signature{oidcdev.OtherKey, oidcdev.NoKey, oidcdev.SecretKey} {
		w.refusesLogout(w.postLogout(w.signed(w.logoutClaims(map[string]any{"sub": "ada"}), how)), "Invalid logout token")
	}
	w.refusesLogout(w.postLogout(w.signed(w.logoutClaims(nil), oidcdev.GoodKey)), "Token must contain either sub or sid claim")
	require.True(t, b.signedIn())
}

func TestBackchannelLogout_fails_while_the_provider_is_down(t *testing.T) {
	w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.Issuer = "http://127.0.0.1:1" })
	w.refusesLogout(w.postLogout("a.b.c"), "Logout failed")
}
