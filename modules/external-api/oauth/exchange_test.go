package oauth_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
)

const (
	addonsSecret = "another key of more than thirty-two bytes"
	exchangeType = "urn:ietf:params:oauth:grant-type:token-exchange"
	accessType   = "urn:ietf:params:oauth:token-type:access_token"
	emailType    = "urn:foyer:params:oauth:token-type:email"
)

func exchange(kind, subject string, more ...string) url.Values {
	return with(url.Values{"grant_type": {exchangeType}, "subject_token_type": {kind}, "subject_token": {subject}}, more...)
}

// signed returns a token whose claims override those of a valid one, signed with any
// key.
func (w *world) signed(key string, claims jwt.MapClaims) string {
	w.Helper()
	c := jwt.MapClaims{"client_id": "client", "delegated": true, "user_id": w.ada.ID.String(), "iss": "lasuite-meet",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(), "scope": "rooms:create rooms:list"}
	for k, v := range claims {
		if c[k] = v; v == nil {
			delete(c, k)
		}
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString([]byte(key))
	require.NoError(w.T, err)
	return text
}

func TestExchange_tells_the_user_as_subject_and_the_application_as_actor(t *testing.T) {
	w := newWorld(t, "")
	header := []string{"Authorization", basic("client", w.secret)}
	first, _, _ := w.issued(w.post(tokenPath, w.legacy()))
	for name, form := range map[string]url.Values{
		"by address": exchange(emailType, "User.Family@example.com"), "by a token": exchange(accessType, first),
		"of the old shape": exchange(accessType, w.signed(signingSecret, nil), "requested_token_type", accessType),
	} {
		a := w.post(tokenPath, form, header...)
		_, _, claims := w.issued(a)
		require.Equal(t, w.ada.ID.String(), claims["sub"], name)
		require.Equal(t, map[string]any{"sub": "client"}, claims["act"], name)
		require.Equal(t, accessType, object(t, a)["issued_token_type"], name)
		got := w.audit(1)[0]
		require.Equal(t, []string{"token.exchange", "ok"}, []string{got.Action, got.Outcome})
	}
}

func TestExchange_never_widens_nor_lengthens(t *testing.T) {
	w := newWorld(t, "")
	header := []string{"Authorization", basic("client", w.secret)}
	end := time.Now().Add(time.Minute).Unix()
	subject := w.signed(signingSecret, jwt.MapClaims{"scope": "rooms:list rooms:delete", "exp": end})
	_, _, claims := w.issued(w.post(tokenPath, exchange(accessType, subject), header...))
	require.Equal(t, "rooms:list", claims["scope"], "what both have")
	require.InDelta(t, end, claims["exp"], 0)
	_, _, claims = w.issued(w.post(tokenPath, exchange(accessType, subject, "scope", "rooms:create"), header...))
	require.NotContains(t, claims, "scope")
}

// A provider's token does not carry its expiry; the provider reports it.
func TestExchange_of_a_provider_s_token_ends_with_that(t *testing.T) {
	op := oidcdev.StartT(t, oidcdev.Options{})
	w := newWorld(t, fmt.Sprintf("resource_server:\n  client_id: %s\n  client_secret: %s\n  issuer: %s\n  introspection_endpoint: %s\n",
		op.ClientID, op.Secret, op.Issuer, op.Issuer+oidcdev.IntrospectionPath))
	subject, err := op.AccessToken(oidcdev.Grant{Sub: "ada", Client: "office", Scopes: []string{"lasuite_meet", "rooms:list"}, Lifetime: time.Minute})
	require.NoError(t, err)
	end := time.Now().Add(time.Minute).Unix()
	a := w.post(tokenPath, exchange(accessType, subject), "Authorization", basic("client", w.secret))
	_, _, claims := w.issued(a)
	require.Equal(t, w.ada.ID.String(), claims["sub"])
	require.Equal(t, "rooms:list", claims["scope"])
	require.InDelta(t, end, claims["exp"], 5)
}

func TestExchange_refuses_tokens_that_are_no_good(t *testing.T) {
	w := newWorld(t, "jwt_audience: ''\naddons:\n  enabled: true\n  token_secret_key: "+addonsSecret+"\n")
	_, otherSecret := w.application("other", "rooms:list")
	ours, _, _ := w.issued(w.post(tokenPath, w.legacy()))
	inactive, err := w.store.CreateUser(t.Context(), store.User{Sub: ptr("inactive")})
	require.NoError(t, err)
	past := time.Now().Add(-time.Minute).Unix()
	for name, x := range map[string]struct {
		form   url.Values
		client []string
		code   string
	}{
		"another application's":  {exchange(accessType, ours), []string{"Authorization", basic("other", otherSecret)}, "invalid_request"},
		"expired":                {exchange(accessType, w.signed(signingSecret, jwt.MapClaims{"exp": past})), nil, "invalid_request"},
		"another key":            {exchange(accessType, w.signed(addonsSecret, nil)), nil, "invalid_request"},
		"an unknown user":        {exchange(accessType, w.signed(signingSecret, jwt.MapClaims{"user_id": uuid.NewString()})), nil, "invalid_request"},
		"an inactive user":       {exchange(accessType, w.signed(signingSecret, jwt.MapClaims{"user_id": inactive.ID.String()})), nil, "invalid_request"},
		"an unknown application": {exchange(accessType, w.signed(signingSecret, jwt.MapClaims{"client_id": "nobody"})), nil, "invalid_request"},
		"no token":               {exchange(accessType, "x"), nil, "invalid_request"},
		"nothing":                {exchange(accessType, ""), nil, "invalid_request"},
		"another type":           {exchange("urn:ietf:params:oauth:token-type:saml2", ours), nil, "invalid_request"},
		"an actor token":         {exchange(accessType, ours, "actor_token", ours, "actor_token_type", accessType), nil, "invalid_request"},
		"a refresh token wanted": {exchange(accessType, ours, "requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"), nil, "invalid_request"},
		"another audience":       {exchange(accessType, ours, "audience", "https://other.example"), nil, "invalid_target"},
		"another resource":       {exchange(accessType, ours, "resource", "https://other.example"), nil, "invalid_target"},
		"a scope it lacks":       {exchange(accessType, ours, "scope", "rooms:delete"), nil, "invalid_scope"},
		"nobody's address":       {exchange(emailType, "nobody@example.com"), nil, "invalid_grant"},
		"no address":             {exchange(emailType, "ada"), nil, "invalid_request"},
	} {
		if x.client == nil {
			x.client = []string{"Authorization", basic("client", w.secret)}
		}
		a := w.post(tokenPath, x.form, x.client...)
		require.Equal(t, 400, a.Status, "%s: %s", name, a.Body)
		require.Equal(t, x.code, object(t, a)["error"], "%s: %s", name, a.Body)
	}
	w.change(func(a *store.Application) { a.Domains = []string{"other.example"} })
	a := w.post(tokenPath, exchange(accessType, ours), "Authorization", basic("client", w.secret))
	require.Equal(t, "unauthorized_client", object(t, a)["error"], "the domain is no longer delegated")
	require.Equal(t, "domain_not_allowed", w.audit(1)[0].Outcome)
}

// Revoking a token revokes every token that descends from it.
func TestExchange_ends_with_the_revocation_of_what_it_came_from(t *testing.T) {
	w := newWorld(t, "")
	header := []string{"Authorization", basic("client", w.secret)}
	next := func(from string) string {
		text, _, _ := w.issued(w.post(tokenPath, exchange(accessType, from), header...))
		return text
	}
	first, _, _ := w.issued(w.post(tokenPath, w.legacy()))
	second := next(first)
	third, sibling := next(second), next(first)
	for _, token := range []string{first, second, third, sibling} {
		require.Equal(t, 200, w.opens(token))
	}
	revoke := func(token string) {
		require.Equal(t, 200, w.post(revokePath, url.Values{"token": {token}}, header...).Status)
	}
	revoke(second)
	require.Equal(t, []int{200, 401, 401, 200}, []int{w.opens(first), w.opens(second), w.opens(third), w.opens(sibling)})
	require.Equal(t, false, object(t, w.post(introspectPath, url.Values{"token": {third}}, header...))["active"])
	require.Equal(t, "invalid_request", object(t, w.post(tokenPath, exchange(accessType, third), header...))["error"])
	revoke(first)
	require.Equal(t, 401, w.opens(sibling))

	last, _, _ := w.issued(w.post(tokenPath, w.legacy()))
	var a int
	for range 20 {
		r := w.post(tokenPath, exchange(accessType, last), header...)
		if a = r.Status; a != 200 {
			require.Contains(t, r.Body, "too many exchanges")
			break
		}
		last, _, _ = w.issued(r)
	}
	require.Equal(t, 400, a, "it does not grow for ever")
}

func ptr[T any](v T) *T { return &v }
