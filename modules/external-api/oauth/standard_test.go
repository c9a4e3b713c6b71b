package oauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
	"foyer/core/store"
)

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
}

// standard is a request that speaks OAuth and names the user separately.
func standard() url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "user": {"user.family@example.com"}}
}

func TestStandard_client_authenticates_by_basic_body_or_assertion(t *testing.T) {
	w := newWorld(t, "")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	w.addKey(key)
	for name, a := range map[string]moduletest.Answer{
		"basic":            w.post(tokenPath, standard(), "Authorization", basic("client", w.secret)),
		"body":             w.post(tokenPath, with(standard(), "client_id", "client", "client_secret", w.secret)),
		"assertion":        w.post(tokenPath, w.asserted(standard(), key)),
		"its name besides": w.post(tokenPath, with(standard(), "client_id", "client"), "Authorization", basic("client", w.secret)),
	} {
		_, _, claims := w.issued(a)
		require.Equal(t, "client", claims["client_id"], name)
		require.Equal(t, w.ada.ID.String(), claims["sub"], name)
		require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	}
	form := w.asserted(standard(), key)
	require.Equal(t, 200, w.post(tokenPath, form).Status)
	a := w.post(tokenPath, form)
	require.Equal(t, 401, a.Status, "an assertion is good once")
	require.Equal(t, "invalid_client", object(t, a)["error"])
}

// addKey registers the public half of a key with the application.
func (w *world) addKey(key *ecdsa.PrivateKey) store.ApplicationKey {
	w.Helper()
	text, err := (&jose.JSONWebKey{Key: key.Public()}).MarshalJSON()
	require.NoError(w.T, err)
	k, err := w.store.AddApplicationKey(w.Context(), w.app.ID, store.ApplicationKey{JWK: text})
	require.NoError(w.T, err)
	seen()
	return k
}

// asserted returns the form with an assertion of the client.
func (w *world) asserted(form url.Values, key *ecdsa.PrivateKey) url.Values {
	w.Helper()
	return w.assertedFor(form, key, w.URL+tokenPath)
}

// assertedFor returns the form with an assertion meant for the given audience.
func (w *world) assertedFor(form url.Values, key *ecdsa.PrivateKey, audience string) url.Values {
	w.Helper()
	text, err := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": "client", "sub": "client", "aud": audience, "jti": uuid.NewString(), "exp": time.Now().Add(time.Minute).Unix(),
	}).SignedString(key)
	require.NoError(w.T, err)
	return with(form, "client_assertion", text, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
}

func TestStandard_errors_have_the_form_of_RFC_6749(t *testing.T) {
	w := newWorld(t, "", throttled(50))
	w.user("twin@example.com", "t1")
	w.user("twin@example.com", "t2")
	good := basic("client", w.secret)
	for name, x := range map[string]struct {
		form   url.Values
		header string
		status int
		code   string
	}{
		"wrong secret":        {standard(), basic("client", "x"), 401, "invalid_client"},
		"unknown client":      {standard(), basic("nobody", "x"), 401, "invalid_client"},
		"no secret":           {standard(), basic("client", ""), 401, "invalid_client"},
		"no credentials":      {with(standard(), "error_format", "rfc6749"), "", 401, "invalid_client"},
		"two ways":            {with(standard(), "client_secret", w.secret), good, 400, "invalid_request"},
		"two clients":         {with(standard(), "client_id", "other"), good, 400, "invalid_request"},
		"no base64":           {standard(), "Basic %%%", 400, "invalid_request"},
		"no colon":            {standard(), "Basic " + base64.StdEncoding.EncodeToString([]byte("client")), 400, "invalid_request"},
		"no grant":            {with(standard(), "grant_type", ""), good, 400, "invalid_request"},
		"another grant":       {with(standard(), "grant_type", "password"), good, 400, "unsupported_grant_type"},
		"a field twice":       {url.Values{"grant_type": {"client_credentials", "client_credentials"}}, good, 400, "invalid_request"},
		"nobody to act for":   {with(standard(), "user", ""), good, 400, "invalid_request"},
		"two users":           {with(standard(), "scope", "twin@example.com"), good, 400, "invalid_request"},
		"an unknown user":     {with(standard(), "user", "nobody@example.com"), good, 400, "invalid_grant"},
		"a shared address":    {with(standard(), "user", "twin@example.com"), good, 400, "invalid_grant"},
		"a scope it lacks":    {with(standard(), "scope", "rooms:create rooms:delete"), good, 400, "invalid_scope"},
		"an unknown scope":    {with(standard(), "scope", "everything"), good, 400, "invalid_scope"},
		"an assertion of old": {with(standard(), "client_assertion", "x"), "", 400, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			headers := []string{}
			if x.header != "" {
				headers = []string{"Authorization", x.header}
			}
			a := w.post(tokenPath, x.form, headers...)
			require.Equal(t, x.status, a.Status, a.Body)
			o := object(t, a)
			require.Equal(t, x.code, o["error"], a.Body)
			require.NotEmpty(t, o["error_description"])
			require.Len(t, o, 2)
			require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
			if x.status == 401 && x.header != "" {
				require.Contains(t, a.Header.Get("WWW-Authenticate"), "Basic")
			}
		})
	}
}

func TestStandard_is_what_uses_OAuth_or_asks_for_it(t *testing.T) {
	w := newWorld(t, "")
	wrong := with(w.legacy(), "client_secret", "x")
	for name, x := range map[string]struct {
		form   url.Values
		accept string
		oauth  bool
	}{
		"the replaced server's form": {wrong, "*/*", false}, "JSON is wanted": {wrong, "application/json", false},
		"a parameter of the body": {with(wrong, "error_format", "rfc6749"), "*/*", true},
		"a parameter of Accept":   {wrong, `application/json;error_format=rfc6749`, true},
		"an assertion":            {with(wrong, "client_assertion", "x", "client_secret", ""), "*/*", true},
		"another format":          {with(wrong, "error_format", "xml"), "*/*", false},
		"a user named apart":      {with(wrong, "user", "a@example.com", "scope", ""), "*/*", true},
		"a user besides scopes":   {with(wrong, "user", "a@example.com", "scope", "rooms:list"), "*/*", true},
		"a user besides the user": {with(wrong, "user", "a@example.com"), "*/*", false},
	} {
		a := w.post(tokenPath, x.form, "Accept", x.accept)
		_, oauth := object(t, a)["error"]
		require.Equal(t, x.oauth, oauth, "%s: %s", name, a.Body)
	}
}

func TestStandard_scope_narrows_the_token_and_may_name_the_user(t *testing.T) {
	w := newWorld(t, "")
	header := []string{"Authorization", basic("client", w.secret)}
	for scope, want := range map[string]string{
		"":                        "rooms:create rooms:list rooms:list:all",
		"rooms:list rooms:create": "rooms:create rooms:list", // in the application's order
		"rooms:list rooms:list":   "rooms:list",
	} {
		a := w.post(tokenPath, with(standard(), "scope", scope), header...)
		_, _, claims := w.issued(a)
		require.Equal(t, want, claims["scope"])
		require.Equal(t, want, object(t, a)["scope"])
	}
	_, _, claims := w.issued(w.post(tokenPath, with(standard(), "user", "", "scope", "rooms:list user.family@example.com"), header...))
	require.Equal(t, "rooms:list", claims["scope"])
}

func TestMetadata_leads_to_the_endpoints(t *testing.T) {
	w := newWorld(t, "")
	for _, path := range []string{metadataPath, metadataPath[:len(metadataPath)-1]} {
		a := w.get(path)
		require.Equal(t, 200, a.Status)
		o := object(t, a)
		require.Equal(t, "http://HOST", o["issuer"])
		require.Equal(t, "http://HOST"+tokenPath, o["token_endpoint"])
		require.Equal(t, "http://HOST"+revokePath, o["revocation_endpoint"])
		require.Equal(t, "http://HOST"+introspectPath, o["introspection_endpoint"])
		require.Contains(t, o["grant_types_supported"], "urn:ietf:params:oauth:grant-type:token-exchange")
		require.Contains(t, o["token_endpoint_auth_methods_supported"], "private_key_jwt")
		require.Equal(t, []any{}, o["response_types_supported"])
		require.NotContains(t, o, "jwks_uri", "nothing is published")
	}
}

// Tokens and metadata name the same issuer, down to the final slash; a client that adds
// or omits that slash still means it. RFC 8414 3.1 puts the issuer's path after the
// well-known one.
func TestIssuer_is_one_with_and_without_the_last_slash(t *testing.T) {
	for _, issuer := range []string{"https://meet.example.org", "https://meet.example.org/", "https://meet.example.org/a", "https://meet.example.org/a/b/",
		"https://meet.example.org/realms/a/b/c", "https://meet.example.org" + strings.Repeat("/s", 16), "lasuite-meet/"} {
		t.Run(issuer, func(t *testing.T) {
			w := newWorld(t, "jwt_issuer: "+issuer+"\n")
			header := []string{"Authorization", basic("client", w.secret)}
			token, _, claims := w.issued(w.post(tokenPath, w.legacy()))
			require.Equal(t, issuer, claims["iss"])
			other := strings.TrimSuffix(issuer, "/")
			if other == issuer {
				other += "/"
			}
			for _, iss := range []string{issuer, other} {
				require.Equal(t, 200, w.opens(w.signed(signingSecret, jwt.MapClaims{"iss": iss})))
				require.Equal(t, 200, w.post(tokenPath, exchange(accessType, token, "audience", iss), header...).Status)
			}
			require.Equal(t, 401, w.opens(w.signed(signingSecret, jwt.MapClaims{"iss": issuer + "//"})))
			u, err := url.Parse(issuer)
			require.NoError(t, err)
			path := strings.Trim(u.Path, "/")
			if u.Scheme == "" {
				path = ""
			}
			o := object(t, w.get(metadataPath+path))
			if u.Scheme != "" {
				require.Equal(t, issuer, o["issuer"])
				require.Equal(t, "https://meet.example.org"+tokenPath, o["token_endpoint"], "our paths begin at the root")
			}
			for _, wrong := range []string{"c", "a/c", "a/b/c", "realms/a/b", "realms/a/b/c/d", strings.Repeat("s/", 15) + "t", strings.Repeat("s/", 17)} {
				require.Equal(t, 404, w.get(metadataPath+wrong).Status, wrong)
			}
		})
	}
}

func TestStandard_is_a_scope_of_several_words(t *testing.T) {
	w := newWorld(t, "")
	for scope, oauth := range map[string]bool{
		"rooms:list user.family@example.com": true, "rooms:list rooms:create": true, "rooms:list": false, "user.family@example.com": false,
	} {
		a := w.post(tokenPath, with(w.legacy(), "client_secret", "wrong", "scope", scope))
		require.Equal(t, 401, a.Status)
		require.Equal(t, oauth, strings.Contains(a.Body, `"error":"invalid_client"`), scope)
	}
	_, _, claims := w.issued(w.post(tokenPath, with(w.legacy(), "scope", "rooms:list user.family@example.com")))
	require.Equal(t, "rooms:list", claims["scope"])
}
