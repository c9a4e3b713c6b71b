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

const loggedOut = "/api/v1.0/logout-callback/"

func TestLogout_ends_here_first_and_then_at_the_provider(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		b := w.browser()
		w.redirects(b.get(logoutPath), "/bye")
		b.login("ada", "")
		cookie := b.cookieValue("sessionid")
		a := b.get(logoutPath)
		require.Equal(t, http.StatusFound, a.StatusCode)
		require.Negative(t, a.cookie("sessionid").MaxAge)
		require.False(t, b.signedIn())
		require.Equal(t, http.StatusUnauthorized, w.browser().get("/me/", "Cookie", "sessionid="+cookie).StatusCode)
		require.Zero(t, rows(t, st, "foyer_session"))

		u, err := url.Parse(a.location())
		require.NoError(t, err)
		require.Equal(t, w.op.Issuer+"/end_session", w.op.Issuer+u.Path)
		require.NotEmpty(t, u.Query().Get("id_token_hint"))
		require.Regexp(t, `^[A-Za-z0-9]{32}$`, u.Query().Get("state"))
		require.Equal(t, w.url+loggedOut, u.Query().Get("post_logout_redirect_uri"))
		require.Regexp(t, `^id_token_hint=.*&state=.*&post_logout_redirect_uri=`, u.RawQuery)

		back := b.get(a.location()).location()
		require.True(t, strings.HasPrefix(back, w.url+loggedOut+"?state="), back)
		for _, to := range []string{back, back, loggedOut, loggedOut + "?state=wrong"} {
			w.redirects(b.get(to), "/bye")
			w.redirects(w.browser().get(to), "/bye")
		}
		require.Contains(t, b.begin("silent=true"), "error=login_required", "the provider forgot the browser too")
	})
}

func TestLogout_return_from_the_provider_signs_nobody_out(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	b.login("ada", "")
	back := b.get(b.get(logoutPath).location()).location()
	b.login("grace", "")
	for _, to := range []string{back, loggedOut, loggedOut + "?state=" + stateOf(t, b.get("/api/v1.0/authenticate/").location())} {
		w.redirects(b.get(to), "/bye")
		require.True(t, b.signedIn(), to)
	}
}

// hintless requires that the browser is sent to the provider without the id token, and
// that the provider signs it out all the same.
func (b *browser) hintless(a answer, sub string) {
	b.w.Helper()
	require.Equal(b.w.T, http.StatusFound, a.StatusCode)
	require.False(b.w.T, b.signedIn())
	require.Less(b.w.T, len(a.location()), 2000)
	u, err := url.Parse(a.location())
	require.NoError(b.w.T, err)
	require.Regexp(b.w.T, `^client_id=.*&logout_hint=.*&state=.*&post_logout_redirect_uri=`, u.RawQuery)
	require.Equal(b.w.T, b.w.op.ClientID, u.Query().Get("client_id"))
	require.Equal(b.w.T, sub, u.Query().Get("logout_hint"))
	back := b.get(a.location()).location()
	require.True(b.w.T, strings.HasPrefix(back, b.w.url+loggedOut), back)
	b.w.redirects(b.get(back), "/bye")
}

func TestLogout_at_the_provider_without_an_id_token_that_fits(t *testing.T) {
	large := func(size int) oidcdev.Faults {
		return oidcdev.Faults{IDToken: func(c map[string]any) { c["groups"] = strings.Repeat("x", size) }}
	}
	for name, c := range map[string]struct {
		faults oidcdev.Faults
		keep   bool
		hint   bool
	}{
		"small":          {oidcdev.Faults{}, true, true},
		"a bit larger":   {large(500), true, true},
		"2 kB":           {large(1200), true, false},
		"as a whole too": {large(900), true, false},
		"16 kB":          {large(16000), true, false},
		"not kept":       {oidcdev.Faults{}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, st *store.Store) {
				w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.StoreIDToken = c.keep })
				w.op.Misbehave(c.faults)
				b := w.browser()
				b.login("ada", "")
				a := b.get(logoutPath)
				if c.hint {
					require.Contains(t, a.location(), "id_token_hint=")
					require.LessOrEqual(t, len(a.location()), 2000)
					require.False(t, b.signedIn())
					return
				}
				b.hintless(a, "ada")
			})
		})
	}
}

func TestLogout_of_an_account_with_another_subject_names_that_of_the_provider(t *testing.T) {
	st := sqlite(t)
	w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.StoreIDToken, o.OIDC.EmailFallback = false, true })
	_, err := st.CreateUser(t.Context(), store.User{Sub: ptr("old"), Email: ptr("ada@example.org"), IsActive: true})
	require.NoError(t, err)
	b := w.browser()
	b.login("ada", "")
	require.Contains(t, b.get("/me/").body, `"sub":"old"`)
	b.hintless(b.get(logoutPath), "ada")
}

func TestLogout_here_when_the_provider_cannot_be_asked(t *testing.T) {
	t.Run("no endpoint", func(t *testing.T) {
		w := newWorld(t, sqlite(t), func(o *auth.Options, op *oidcdev.Provider) {
			o.OIDC.AuthURL, o.OIDC.TokenURL = op.Issuer+"/authorize", op.Issuer+"/oauth/token"
			o.OIDC.UserInfoURL, o.OIDC.JWKSURL = op.Issuer+"/userinfo", op.Issuer+"/keys"
		})
		b := w.browser()
		b.login("ada", "")
		w.redirects(b.get(logoutPath), "/bye")
		require.False(t, b.signedIn())
	})
	t.Run("a provider that is down", func(t *testing.T) {
		w := newWorld(t, sqlite(t), nil)
		b := w.browser()
		b.login("ada", "")
		require.NoError(t, w.op.Close())
		require.True(t, strings.HasPrefix(b.get(logoutPath).location(), w.op.Issuer))
		require.False(t, b.signedIn())
	})
	t.Run("a provider that was never reached", func(t *testing.T) {
		var options auth.Options
		w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) { options = *o })
		b := w.browser()
		b.login("ada", "")
		require.NoError(t, w.op.Close())
		second := w.replica(options)
		a := second.browser().get(logoutPath, "Cookie", "sessionid="+b.cookieValue("sessionid"))
		w.redirects(a, "/bye")
		require.False(t, b.signedIn())
	})
}

// Clients try a silent login whenever nobody is signed in.
func TestLogout_is_not_undone_by_a_silent_login_at_a_provider_that_did_not_hear(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	b.login("ada", "")
	require.True(t, strings.HasPrefix(b.get(logoutPath).location(), w.op.Issuer)) // the browser never gets there
	for range 2 {
		w.redirects(b.get("/api/v1.0/authenticate/?silent=true&returnTo=/room"), "/room")
		require.False(t, b.signedIn())
	}
	w.redirects(w.browser().get(b.begin("silent=false")), "/failed")
	w.redirects(b.get(b.begin("returnTo=/room")), "/room")
	require.True(t, b.signedIn(), "who asks is signed in")
	w.redirects(b.get(b.begin("silent=true&returnTo=/room")), "/room")
	require.True(t, b.signedIn(), "and asked again in silence")
}

func TestLogout_takes_the_cookie_even_when_the_session_cannot_be_ended(t *testing.T) {
	st := sqlite(t)
	w := newWorld(t, st, nil)
	b := w.browser()
	b.login("ada", "")
	rule(t, st, `CREATE TRIGGER broken BEFORE DELETE ON foyer_session BEGIN SELECT RAISE(ABORT, 'broken'); END`)
	a := b.get(logoutPath)
	require.Equal(t, http.StatusInternalServerError, a.StatusCode)
	require.Negative(t, a.cookie("sessionid").MaxAge)
	require.False(t, b.signedIn())
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
	b.hintless(b.do("POST", logoutPath, "X-CSRFToken", b.cookieValue("csrftoken")), "ada")
}
