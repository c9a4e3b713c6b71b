package oauth_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
	"foyer/core/store"
)

// opens returns the status with which a token opens its user's rooms.
func (w *world) opens(token string) int {
	w.Helper()
	return w.Send(w.T, moduletest.Request{
		Method: http.MethodGet, Path: "/external-api/v1.0/rooms/", Header: http.Header{"Authorization": {"Bearer " + token}},
	}).Status
}

func TestRevoke_ends_a_token_at_once(t *testing.T) {
	w := newWorld(t, "")
	header := []string{"Authorization", basic("client", w.secret)}
	token, _, claims := w.issued(w.post(tokenPath, w.legacy()))
	other, _, _ := w.issued(w.post(tokenPath, w.legacy()))
	require.Equal(t, 200, w.opens(token))
	for range 2 { // a second time is fine
		a := w.post(revokePath, url.Values{"token": {token}, "token_type_hint": {"access_token"}}, header...)
		require.Equal(t, 200, a.Status, a.Body)
		require.Equal(t, "{}", a.Body)
	}
	require.Equal(t, 401, w.opens(token))
	require.Equal(t, 200, w.opens(other))
	require.Equal(t, `{"active":false}`, w.post(introspectPath, url.Values{"token": {token}}, header...).Body)
	got := w.audit(1)[0]
	require.Equal(t, []string{"token.revoke", "ok", claims["jti"].(string)}, []string{got.Action, got.Outcome, got.TokenID})
}

func TestRevoke_is_for_ones_own_tokens_that_are_good(t *testing.T) {
	w := newWorld(t, "")
	_, otherSecret := w.application("other", "rooms:list")
	token, _, _ := w.issued(w.post(tokenPath, w.legacy()))
	mine, theirs := basic("client", w.secret), basic("other", otherSecret)
	for name, x := range map[string]struct {
		token, header string
		status        int
		code          any
	}{
		"another's":         {token, theirs, 400, "unauthorized_client"},
		"no token at all":   {"", mine, 400, "invalid_request"},
		"something":         {"x", mine, 200, nil},
		"expired":           {w.signed(signingSecret, jwt.MapClaims{"exp": time.Now().Add(-time.Hour).Unix(), "jti": "x"}), mine, 200, nil},
		"one without an id": {w.signed(signingSecret, nil), mine, 400, "unsupported_token_type"},
		"another key's":     {w.signed(addonsSecret, jwt.MapClaims{"jti": "x"}), mine, 200, nil},
		"a stranger":        {token, basic("client", "x"), 401, "invalid_client"},
	} {
		a := w.post(revokePath, url.Values{"token": {x.token}}, "Authorization", x.header)
		require.Equal(t, x.status, a.Status, "%s: %s", name, a.Body)
		require.Equal(t, x.code, object(t, a)["error"], name)
	}
	require.Equal(t, 200, w.opens(token))
}

func TestIntrospect_tells_a_client_of_its_own_tokens(t *testing.T) {
	w := newWorld(t, "")
	_, otherSecret := w.application("other", "rooms:list")
	header := []string{"Authorization", basic("client", w.secret)}
	token, _, claims := w.issued(w.post(tokenPath, exchange(emailType, "user.family@example.com"), header...))
	a := w.post(introspectPath, url.Values{"token": {token}}, header...)
	require.Equal(t, 200, a.Status)
	require.Equal(t, map[string]any{
		"active": true, "token_type": "Bearer", "sub": w.ada.ID.String(), "username": "User.Family@example.com", "client_id": "client",
		"scope": "rooms:create rooms:list rooms:list:all", "iss": "lasuite-meet", "jti": claims["jti"], "act": map[string]any{"sub": "client"},
		"exp": claims["exp"], "iat": claims["iat"], "nbf": claims["nbf"],
	}, object(t, a))
	for name, form := range map[string][]string{
		"another's": {token, basic("other", otherSecret)}, "none": {"x", header[1]}, "of another key": {w.signed(addonsSecret, nil), header[1]},
		"expired": {w.signed(signingSecret, jwt.MapClaims{"exp": time.Now().Add(-time.Hour).Unix()}), header[1]},
	} {
		a := w.post(introspectPath, url.Values{"token": {form[0]}}, "Authorization", form[1])
		require.Equal(t, `{"active":false}`, a.Body, name)
	}
	require.Equal(t, 401, w.post(introspectPath, url.Values{"token": {token}}).Status, "not for strangers")
	w.change(func(a *store.Application) { a.IsActive = false })
	require.Equal(t, "invalid_client", object(t, w.post(introspectPath, url.Values{"token": {token}}, header...))["error"])
}
