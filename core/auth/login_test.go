package auth_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
)

func TestLogin_creates_the_account_and_a_session(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		var fresh []string
		w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) {
			o.OnNewUser = func(_ context.Context, u store.User) { fresh = append(fresh, *u.Sub) }
		})
		b := w.browser()
		a := b.login("ada", "&returnTo=/some/room%3Fx=1")
		w.redirects(a, "/some/room?x=1")

		session, csrf := a.cookie("sessionid"), a.cookie("csrftoken")
		require.NotNil(t, session)
		require.True(t, session.HttpOnly)
		require.Equal(t, 43200, session.MaxAge)
		require.Equal(t, http.SameSiteLaxMode, session.SameSite)
		require.Equal(t, "/", session.Path)
		require.Empty(t, session.Domain)
		require.False(t, session.Secure)
		require.NotNil(t, csrf)
		require.False(t, csrf.HttpOnly)
		require.Equal(t, 31449600, csrf.MaxAge)
		require.Regexp(t, `^[A-Za-z0-9]{32}$`, csrf.Value)

		u := w.user("ada")
		require.Equal(t, "ada@example.org", *u.Email)
		require.Equal(t, "Ada Lane", *u.FullName)
		require.Equal(t, "Ada", *u.ShortName)
		require.Equal(t, "en-us", u.Language)
		require.Equal(t, "UTC", u.Timezone)
		require.True(t, u.IsActive)
		require.True(t, strings.HasPrefix(u.Password, "!"))
		require.NotNil(t, u.LastLogin)
		require.WithinDuration(t, time.Now(), *u.LastLogin, time.Minute)
		require.Equal(t, []string{"ada"}, fresh)

		me := b.get("/me/")
		require.Equal(t, http.StatusOK, me.StatusCode)
		require.Contains(t, me.body, u.ID.String())
		require.Contains(t, me.body, `"sub":"ada"`)
		require.Nil(t, me.cookie("sessionid"), "the cookie is written only when data changes")

		_ = b.login("ada", "")
		require.Len(t, fresh, 1)
	})
}

func TestLogin_cookies_are_secure_when_configured(t *testing.T) {
	w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) { o.HTTP.SecureCookies = true })
	started := w.browser().get("/api/v1.0/authenticate/").Cookies()
	require.Len(t, started, 1)
	require.True(t, started[0].Secure)
	require.Regexp(t, `^__Host-sessionid_login_[A-Za-z0-9]{8}$`, started[0].Name, "which no other host can set")
	require.Equal(t, "/", started[0].Path)
	require.Empty(t, started[0].Domain)
}

func TestLogin_renews_keeps_or_empties_the_session(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		b := w.browser()
		before := strings.Repeat("a", 43)
		b.plant("sessionid", before)
		w.redirects(b.login("ada", "&returnTo=/a"), "/a")
		first, csrf := b.cookieValue("sessionid"), b.cookieValue("csrftoken")
		require.NotEqual(t, before, first, "an id that somebody planted is not taken")
		old := w.browser()
		require.Equal(t, http.StatusUnauthorized, old.get("/me/", "Cookie", "sessionid="+before).StatusCode)

		a := b.login("ada", "&returnTo=/b")
		w.redirects(a, "/b")
		require.Equal(t, first, b.cookieValue("sessionid"), "the same user keeps the id")
		require.Equal(t, csrf, b.cookieValue("csrftoken"), "and the token")
		require.Nil(t, a.cookie("csrftoken"))

		a = b.login("grace", "&returnTo=/c")
		w.redirects(a, "/home")
		require.NotEqual(t, first, b.cookieValue("sessionid"), "another user gets a new session")
		require.NotEqual(t, csrf, b.cookieValue("csrftoken"))
		require.Contains(t, b.get("/me/").body, w.user("grace").ID.String())
		require.Equal(t, http.StatusUnauthorized, old.get("/me/", "Cookie", "sessionid="+first).StatusCode)
	})
}

func TestAuthenticate_sends_the_parameters_in_order(t *testing.T) {
	w := newWorld(t, sqlite(t), func(o *auth.Options, op *oidcdev.Provider) {
		o.OIDC.AuthURL = op.Issuer + "/authorize"
		o.OIDC.AuthParams = map[string]any{"acr_values": "eidas1 x", "max_age": 300, "claims": map[string]any{"id_token": nil}}
	})
	b := w.browser()
	a := b.get("/api/v1.0/authenticate/?silent=TRUE&login_hint=ada%40example.org&next=/no&returnTo=/yes")
	u, err := url.Parse(a.location())
	require.NoError(t, err)
	var names []string
	for _, p := range strings.Split(u.RawQuery, "&") {
		name, _, _ := strings.Cut(p, "=")
		names = append(names, name)
	}
	require.Equal(t, []string{
		"response_type", "scope", "client_id", "redirect_uri", "state", "acr_values", "claims", "max_age",
		"prompt", "login_hint", "nonce", "code_challenge", "code_challenge_method",
	}, names)
	q := u.Query()
	require.Equal(t, "code", q.Get("response_type"))
	require.Equal(t, "openid email", q.Get("scope"))
	require.Equal(t, w.op.ClientID, q.Get("client_id"))
	require.Equal(t, w.url+"/api/v1.0/callback/", q.Get("redirect_uri"))
	require.Regexp(t, `^[A-Za-z0-9]{32}$`, q.Get("state"))
	require.Regexp(t, `^[A-Za-z0-9]{32}$`, q.Get("nonce"))
	require.Equal(t, "eidas1 x", q.Get("acr_values"))
	require.Equal(t, "300", q.Get("max_age"))
	require.Equal(t, `{"id_token":null}`, q.Get("claims"))
	require.Equal(t, "none", q.Get("prompt"))
	require.Equal(t, "ada@example.org", q.Get("login_hint"))
	require.Equal(t, "S256", q.Get("code_challenge_method"))
	require.Len(t, q.Get("code_challenge"), 43)

	again, err := url.Parse(b.get("/api/v1.0/authenticate/?silent=yes&login_hint=").location())
	require.NoError(t, err)
	require.False(t, again.Query().Has("prompt"))
	require.False(t, again.Query().Has("login_hint"))
	require.NotEqual(t, q.Get("state"), again.Query().Get("state"))
	require.NotEqual(t, q.Get("nonce"), again.Query().Get("nonce"))
}

func TestAuthenticate_public_url_and_scheme_make_the_redirect_uri(t *testing.T) {
	for name, c := range map[string]struct{ public, scheme, want string }{
		"request":           {"", "", "URL/api/v1.0/callback/"},
		"scheme of a proxy": {"", "https", "https://HOST/api/v1.0/callback/"},
		"public url":        {"https://Meet.example.org:443/", "http", "https://meet.example.org/api/v1.0/callback/"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) { o.HTTP.PublicURL = c.public })
			want := strings.ReplaceAll(strings.ReplaceAll(c.want, "URL", w.url), "HOST", strings.TrimPrefix(w.url, "http://"))
			u, err := url.Parse(w.browser().get("/api/v1.0/authenticate/", "X-Test-Scheme", c.scheme).location())
			require.NoError(t, err)
			require.Equal(t, want, u.Query().Get("redirect_uri"))
		})
	}
}

func TestLogin_PKCE_and_nonce_as_configured(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		size   int
		pkce   bool
		nonce  bool
	}{
		"S256":    {"S256", 43, true, true},
		"longest": {"S256", 128, true, true},
		"none":    {"S256", 64, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) {
				o.OIDC.UsePKCE, o.OIDC.PKCEMethod, o.OIDC.PKCESize, o.OIDC.UseNonce = c.pkce, c.method, c.size, c.nonce
			})
			w.redirects(w.browser().login("ada", ""), "/home")
			form := w.op.Requests("/oauth/token")[0].Form
			query := w.op.Requests("/authorize")[0].Query
			require.Equal(t, c.nonce, query.Has("nonce"))
			require.Equal(t, c.pkce, query.Has("code_challenge"))
			require.Equal(t, w.op.ClientID, form.Get("client_id"))
			require.Equal(t, w.op.Secret, form.Get("client_secret"))
			require.Empty(t, w.op.Requests("/oauth/token")[0].Header.Get("Authorization"))
			if c.pkce {
				require.Regexp(t, `^[A-Za-z0-9]+$`, form.Get("code_verifier"))
				require.Len(t, form.Get("code_verifier"), c.size)
				sum := sha256.Sum256([]byte(form.Get("code_verifier")))
				require.Equal(t, base64.RawURLEncoding.EncodeToString(sum[:]), query.Get("code_challenge"))
			}
		})
	}
	w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.PKCEMethod = "plain" })
	u, err := url.Parse(w.browser().get("/api/v1.0/authenticate/").location())
	require.NoError(t, err)
	require.Equal(t, "plain", u.Query().Get("code_challenge_method"))
	require.Len(t, u.Query().Get("code_challenge"), 64)
}
