package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
)

const logoutPath = "/api/v1.0/logout/"

func TestLogout_at_the_provider(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		b := w.browser()
		w.redirects(b.get(logoutPath), "/bye")
		b.login("ada", "")
		a := b.get(logoutPath)
		require.Equal(t, http.StatusFound, a.StatusCode)
		u, err := url.Parse(a.location())
		require.NoError(t, err)
		require.Equal(t, w.op.Issuer+"/end_session", w.op.Issuer+u.Path)
		require.NotEmpty(t, u.Query().Get("id_token_hint"))
		require.Regexp(t, `^[A-Za-z0-9]{32}$`, u.Query().Get("state"))
		require.Equal(t, w.url+"/api/v1.0/logout-callback/", u.Query().Get("post_logout_redirect_uri"))
		require.Regexp(t, `^id_token_hint=.*&state=.*&post_logout_redirect_uri=`, u.RawQuery)
		require.True(t, b.signedIn(), "the session lasts until the provider comes back")

		back := b.get(a.location()).location()
		require.True(t, strings.HasPrefix(back, w.url+"/api/v1.0/logout-callback/?state="), back)
		require.Equal(t, http.StatusBadRequest, b.get("/api/v1.0/logout-callback/?state=wrong").StatusCode)
		w.redirects(b.get("/api/v1.0/logout-callback/"), "/bye")
		require.True(t, b.signedIn())
		w.redirects(w.browser().get(back), "/bye")
		cookie := b.cookieValue("sessionid")
		a = b.get(back)
		w.redirects(a, "/bye")
		require.Negative(t, a.cookie("sessionid").MaxAge)
		require.False(t, b.signedIn())
		require.Equal(t, http.StatusUnauthorized, w.browser().get("/me/", "Cookie", "sessionid="+cookie).StatusCode)
		w.redirects(b.get(back), "/bye")
		require.Contains(t, b.begin("silent=true"), "error=login_required", "the provider forgot the browser too")
	})
}

func TestLogout_a_login_state_is_no_logout_state(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	b.login("ada", "")
	u, err := url.Parse(b.get("/api/v1.0/authenticate/").location())
	require.NoError(t, err)
	require.Equal(t, http.StatusBadRequest, b.get("/api/v1.0/logout-callback/?state="+u.Query().Get("state")).StatusCode)
}

func TestLogout_here_only(t *testing.T) {
	for name, change := range map[string]func(*auth.Options, *oidcdev.Provider){
		"no id token kept": func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.StoreIDToken = false },
		"no endpoint": func(o *auth.Options, op *oidcdev.Provider) {
			o.OIDC.AuthURL, o.OIDC.TokenURL = op.Issuer+"/authorize", op.Issuer+"/oauth/token"
			o.OIDC.UserInfoURL, o.OIDC.JWKSURL = op.Issuer+"/userinfo", op.Issuer+"/keys"
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sqlite(t), change)
			b := w.browser()
			b.login("ada", "")
			w.redirects(b.get(logoutPath), "/bye")
			require.False(t, b.signedIn())
		})
	}
}

func TestLogout_by_POST_needs_the_CSRF_token(t *testing.T) {
	w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) {
		o.OIDC.LogoutByGET, o.OIDC.StoreIDToken = false, false
	})
	b := w.browser()
	w.redirects(b.do("POST", logoutPath), "/bye")
	b.login("ada", "")
	a := b.get(logoutPath)
	require.Equal(t, http.StatusMethodNotAllowed, a.StatusCode)
	require.Equal(t, "POST", a.Header.Get("Allow"))
	a = b.do("POST", logoutPath)
	require.Equal(t, http.StatusForbidden, a.StatusCode)
	require.JSONEq(t, `{"detail":"CSRF Failed: CSRF token missing."}`, a.body)
	require.True(t, b.signedIn())
	w.redirects(b.do("POST", logoutPath, "X-CSRFToken", b.cookieValue("csrftoken")), "/bye")
	require.False(t, b.signedIn())
}
