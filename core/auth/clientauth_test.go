package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/config"
	"foyer/internal/dev/oidcdev"
	"foyer/sdk/conf"
)

// pemOf returns private keys as PEM text.
func pemOf(t *testing.T, keys ...crypto.Signer) conf.Secret {
	t.Helper()
	var text strings.Builder
	for _, k := range keys {
		der, err := x509.MarshalPKCS8PrivateKey(k)
		require.NoError(t, err)
		require.NoError(t, pem.Encode(&text, &pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	return conf.NewSecret(text.String())
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return k
}

// offered makes the provider's metadata list these authentication methods.
func offered(methods ...string) oidcdev.Faults {
	return oidcdev.Faults{Metadata: func(m map[string]any) {
		delete(m, "token_endpoint_auth_methods_supported")
		if methods != nil {
			m["token_endpoint_auth_methods_supported"] = methods
		}
	}}
}

// wayOf returns how the last request to a path authenticated.
func wayOf(w *world, path string) string {
	all := w.op.Requests(path)
	r := all[len(all)-1]
	switch {
	case strings.HasPrefix(r.Header.Get("Authorization"), "Basic "):
		return oidcdev.ByBasic
	case r.Form.Has("client_assertion"):
		return oidcdev.ByKey
	case r.Form.Has("client_secret"):
		return oidcdev.ByPost
	}
	return oidcdev.ByID
}

func TestLogin_proves_to_be_the_client_as_the_provider_wants(t *testing.T) {
	st := sqlite(t)
	const (
		basic, post, key, none = oidcdev.ByBasic, oidcdev.ByPost, oidcdev.ByKey, oidcdev.ByID
		another                = "tls_client_auth"
	)
	every := []string{basic, "client_secret_jwt", post, key, none, another}
	for name, c := range map[string]struct {
		registered string   // the only method that the provider accepts from us
		offered    []string // in its metadata; nil = not listed
		setting    string
		secret     bool
		key        bool
		tries      int // requests of the first login; 0 = it fails
	}{
		"one is offered: basic":                       {basic, []string{basic}, "", true, false, 1},
		"one is offered: post":                        {post, []string{post}, "", true, false, 1},
		"one is offered: key":                         {key, []string{key}, "", false, true, 1},
		"one is offered: none":                        {none, []string{none}, "", false, false, 1},
		"nothing is told: basic":                      {basic, nil, "", true, false, 1},
		"nothing is told, and post is meant":          {post, nil, "", true, false, 2},
		"nothing is told, and there is a key":         {key, nil, "", false, true, 1},
		"nothing is told, and there is no credential": {none, nil, "", false, false, 1},
		"all are offered: post":                       {post, every, "", true, false, 1},
		"all are offered, and basic is meant":         {basic, every, "", true, false, 2},
		"all are offered: key":                        {key, every, "", true, true, 1},
		"all are offered: none":                       {none, every, "", false, false, 1},
		"a public client that is not offered":         {none, []string{basic, post}, "", false, false, 1},
		"a setting that is not offered":               {basic, []string{post}, basic, true, false, 1},
		"a setting besides a key":                     {post, every, post, true, true, 1},
		"a setting of none besides a secret":          {none, every, none, true, false, 1},
		"a setting that the provider refuses":         {basic, every, post, true, false, 0},
		"nothing of ours is offered":                  {key, []string{key, another}, "", true, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldAt(t, st, oidcdev.Options{ClientAuth: c.registered}, func(o *auth.Options, op *oidcdev.Provider) {
				if c.setting != "" {
					o.OIDC.ClientAuth = c.setting
				}
				if !c.secret {
					o.OIDC.ClientSecret = conf.Secret{}
				}
				if c.key {
					o.OIDC.ClientKey = pemOf(t, ecKey(t))
				}
				op.Misbehave(offered(c.offered...))
			})
			if c.tries == 0 {
				a := w.browser().get("/api/v1.0/authenticate/?login_hint=ada")
				if a.location() != "/failed" {
					a = w.browser().login("ada", "")
				}
				w.redirects(a, "/failed")
				require.Regexp(t, "the provider wants clients to authenticate by|the client is refused, by client_secret_post.* registered for", w.logs.String())
				return
			}
			w.redirects(w.browser().login("ada", ""), "/home")
			require.Len(t, w.op.Requests("/oauth/token"), c.tries)
			require.Equal(t, c.registered, wayOf(w, "/oauth/token"))
			w.redirects(w.browser().login("ada", ""), "/home")
			require.Len(t, w.op.Requests("/oauth/token"), c.tries+1, "what was taken comes first from then on")
		})
	}
}

// A configuration for the replaced server names the endpoints, and the secret is sent in
// the body.
func TestLogin_without_discovery_sends_the_secret_in_the_body_unless_told(t *testing.T) {
	st := sqlite(t)
	for setting, way := range map[string]string{config.AutoAuth: oidcdev.ByPost, oidcdev.ByBasic: oidcdev.ByBasic, oidcdev.ByKey: oidcdev.ByKey} {
		t.Run(setting, func(t *testing.T) {
			w := newWorldAt(t, st, oidcdev.Options{ClientAuth: way}, func(o *auth.Options, op *oidcdev.Provider) {
				o.OIDC.AuthURL, o.OIDC.TokenURL = op.Issuer+"/authorize", op.Issuer+"/oauth/token"
				o.OIDC.UserInfoURL, o.OIDC.JWKSURL = op.Issuer+"/userinfo", op.Issuer+"/keys"
				o.OIDC.ClientAuth = setting
				if way == oidcdev.ByKey {
					o.OIDC.ClientKey = pemOf(t, ecKey(t))
				}
			})
			w.redirects(w.browser().login("ada", ""), "/home")
			require.Empty(t, w.op.Requests("/.well-known/openid-configuration"))
		})
	}
}

func TestClientKeys_are_published_and_sign_for_the_issuer_or_the_token_endpoint(t *testing.T) {
	st := sqlite(t)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		key        crypto.Signer
		algorithms []string // that the provider accepts
		want       string
	}{
		"RSA": {rsaKey, nil, "RS256"}, "RSA, PSS wanted": {rsaKey, []string{"ES256", "PS256"}, "PS256"},
		"curve":   {ecKey(t), []string{"RS256", "ES256"}, "ES256"},
		"Ed25519": {edKey, nil, "EdDSA"}, "Ed25519 by its new name": {edKey, []string{"Ed25519"}, "Ed25519"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldAt(t, st, oidcdev.Options{}, func(o *auth.Options, op *oidcdev.Provider) {
				o.OIDC.ClientKey = pemOf(t, c.key, ecKey(t))
				op.Misbehave(oidcdev.Faults{Metadata: func(m map[string]any) {
					m["token_endpoint_auth_signing_alg_values_supported"] = c.algorithms
				}, TokenStatus: http.StatusUnauthorized})
			})
			w.redirects(w.browser().login("ada", ""), "/failed")
			a := w.browser().get("/api/v1.0/oidc/jwks/")
			require.Equal(t, http.StatusOK, a.StatusCode)
			require.NotContains(t, a.body, `"d"`)
			var set jose.JSONWebKeySet
			require.NoError(t, json.Unmarshal([]byte(a.body), &set))
			require.Len(t, set.Keys, 2)
			var audiences []string
			for _, r := range w.op.Requests("/oauth/token")[:3] {
				text := r.Form.Get("client_assertion")
				token, err := jwt.Parse(text, func(*jwt.Token) (any, error) { return set.Keys[0].Key, nil },
					jwt.WithValidMethods([]string{c.want}), jwt.WithExpirationRequired(), jwt.WithIssuer("meet"), jwt.WithSubject("meet"))
				require.NoError(t, err)
				require.Equal(t, set.Keys[0].KeyID, token.Header["kid"])
				claims := token.Claims.(jwt.MapClaims)
				require.NotEmpty(t, claims["jti"])
				audiences = append(audiences, claims["aud"].(string))
			}
			require.Equal(t, []string{w.op.Issuer, w.op.Issuer + "/oauth/token", w.op.Issuer + "/"}, audiences)
		})
	}
}

func TestClientKeys_that_are_not_configured_are_an_unknown_path(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	require.Equal(t, http.StatusNotFound, w.browser().get("/api/v1.0/oidc/jwks/").StatusCode)
}

func TestLogin_pushes_its_request_where_that_is_required(t *testing.T) {
	st := sqlite(t)
	for _, way := range []string{oidcdev.ByBasic, oidcdev.ByPost, oidcdev.ByKey, oidcdev.ByID} {
		t.Run(way, func(t *testing.T) {
			w := newWorldAt(t, st, oidcdev.Options{ClientAuth: way, MustPush: true}, func(o *auth.Options, _ *oidcdev.Provider) {
				switch way {
				case oidcdev.ByKey:
					o.OIDC.ClientKey = pemOf(t, ecKey(t))
				case oidcdev.ByID:
					o.OIDC.ClientSecret = conf.Secret{}
				}
			})
			b := w.browser()
			w.redirects(b.login("ada", "&returnTo=/room"), "/room")
			shown := w.op.Requests("/authorize")[0].Query
			require.Equal(t, "meet", shown.Get("client_id"))
			require.NotEmpty(t, shown.Get("request_uri"))
			require.Len(t, shown, 2, "the browser sees nothing else")
			require.Equal(t, way, wayOf(w, "/oauth/par"))
		})
	}
}

func TestLogin_pushes_its_request_where_an_endpoint_is_configured(t *testing.T) {
	w := newWorld(t, sqlite(t), func(o *auth.Options, op *oidcdev.Provider) { o.OIDC.PushURL = op.Issuer + "/oauth/par" })
	w.redirects(w.browser().login("ada", ""), "/home")
	require.Len(t, w.op.Requests("/oauth/par"), 1)
	w = newWorld(t, sqlite(t), nil)
	w.redirects(w.browser().login("ada", ""), "/home")
	require.Empty(t, w.op.Requests("/oauth/par"), "offered is not required")
}

func TestLogin_that_cannot_push_its_request_fails(t *testing.T) {
	w := newWorldAt(t, sqlite(t), oidcdev.Options{MustPush: true}, func(o *auth.Options, _ *oidcdev.Provider) {
		o.OIDC.ClientSecret = conf.NewSecret("another secret")
	})
	w.redirects(w.browser().get("/api/v1.0/authenticate/"), "/failed")
	w.redirects(w.browser().get("/api/v1.0/authenticate/?silent=true&returnTo=/room"), "/room")
	require.Contains(t, w.logs.String(), "push the authorization request")
}

// What the provider says when it refuses is what an operator needs, but it may repeat
// what it was sent.
func TestLogin_logs_why_the_provider_refuses(t *testing.T) {
	st := sqlite(t)
	long := strings.Repeat("x", 2000)
	for name, c := range map[string]struct {
		status int
		body   map[string]any
		want   []string
	}{
		"code and description": {400, map[string]any{"error": "invalid_grant", "error_description": "Code not valid"}, []string{"400", "invalid_grant", "Code not valid"}},
		"description alone":    {400, map[string]any{"error_description": "AADSTS50011"}, []string{"400", "AADSTS50011"}},
		"of the client":        {401, map[string]any{"error": "invalid_client", "error_description": "Bad credentials"}, []string{"401", "invalid_client", "Bad credentials", "client_secret_post"}},
		"no text":              {503, map[string]any{"error": 7, "error_description": []string{"a"}}, []string{"503"}},
		"a long one":           {400, map[string]any{"error": "e" + long, "error_description": "d" + long}, []string{"dxx"}},
		"signs":                {400, map[string]any{"error": "invalid\nlevel=INFO", "error_description": "a\x1b[31m\nb"}, []string{"invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, st, nil)
			w.op.Misbehave(oidcdev.Faults{TokenStatus: c.status, Refusal: c.body})
			w.redirects(w.browser().login("ada", ""), "/failed")
			text := w.logs.String()
			for _, want := range c.want {
				require.Contains(t, text, want)
			}
			require.NotContains(t, text, "\x1b")
			require.NotContains(t, text, "\nlevel=INFO msg=forged")
			require.NotContains(t, text, strings.Repeat("x", 400))
		})
	}
}

func TestLogin_keeps_what_a_refusal_repeats_out_of_the_log(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	refusal := map[string]any{"error": "invalid_grant"}
	w.op.Misbehave(oidcdev.Faults{TokenStatus: http.StatusBadRequest, Refusal: refusal, BeforeToken: func() {
		r := w.op.Requests("/oauth/token")[0]
		refusal["error_description"] = "seen: " + r.Form.Get("code") + " " + r.Form.Get("code_verifier") + " " + r.Form.Get("client_secret")
	}})
	w.redirects(b.login("ada", ""), "/failed") // the end of the test looks for what was sent
	require.Contains(t, w.logs.String(), "seen: [redacted] [redacted] [redacted]")
}

func TestLogin_logs_what_the_provider_sends_the_browser_back_with(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	w.redirects(w.browser().get("/api/v1.0/callback/?error=invalid_request&error_description=Pushed+requests+only%0Alevel%3DINFO"), "/failed")
	require.Contains(t, w.logs.String(), `error=invalid_request description="Pushed requests only?level=INFO"`)
}

func TestLogin_logs_why_userinfo_is_refused(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	w.op.Misbehave(oidcdev.Faults{InfoStatus: http.StatusForbidden,
		Refuse: `Bearer realm="x", error="insufficient_scope", error_description="The scope profile is needed"`})
	w.redirects(w.browser().login("ada", ""), "/failed")
	require.Contains(t, w.logs.String(), "insufficient_scope")
	require.Contains(t, w.logs.String(), "The scope profile is needed")
}

func TestNew_refuses_ways_to_authenticate_that_cannot_work(t *testing.T) {
	for name, change := range map[string]func(*auth.Options){
		"not a key":       func(o *auth.Options) { o.OIDC.ClientKey = conf.NewSecret("x") },
		"another way":     func(o *auth.Options) { o.OIDC.ClientAuth = "tls_client_auth" },
		"without a key":   func(o *auth.Options) { o.OIDC.ClientAuth = oidcdev.ByKey },
		"without secrets": func(o *auth.Options) { o.OIDC.ClientAuth, o.OIDC.ClientSecret = oidcdev.ByBasic, conf.Secret{} },
	} {
		st := sqlite(t)
		o := defaults()
		o.Users, o.Sessions = st, st
		o.OIDC.ClientID, o.OIDC.ClientSecret = "meet", conf.NewSecret("s")
		o.OIDC.AuthURL, o.OIDC.TokenURL, o.OIDC.UserInfoURL, o.OIDC.JWKSURL = "http://a", "http://b", "http://c", "http://d"
		change(&o)
		_, err := auth.New(o)
		require.ErrorContains(t, err, "oidc.client_", name)
	}
}
