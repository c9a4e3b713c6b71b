package auth_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/config"
	"foyer/core/module/conf"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
)

// counting counts the statements about sessions.
type counting struct {
	auth.Sessions
	reads, writes atomic.Int64
}

func (c *counting) Session(ctx context.Context, token string, now time.Time) (store.Session, *store.User, error) {
	c.reads.Add(1)
	return c.Sessions.Session(ctx, token, now)
}

func (c *counting) SaveSession(ctx context.Context, s store.Session) error {
	c.writes.Add(1)
	return c.Sessions.SaveSession(ctx, s)
}

func TestSession_costs_one_statement_and_none_without_a_cookie(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		rows := &counting{Sessions: st}
		w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.Sessions = rows })
		b := w.browser()
		b.login("ada", "")
		rows.reads.Store(0)
		rows.writes.Store(0)
		require.Equal(t, http.StatusOK, b.get("/me/").StatusCode)
		require.EqualValues(t, 1, rows.reads.Load())
		require.Equal(t, http.StatusOK, b.get("/open/").StatusCode)
		require.EqualValues(t, 1, rows.reads.Load(), "public routes look at no session")
		require.EqualValues(t, 0, rows.writes.Load())

		for _, cookie := range []string{"", "other=1", "sessionid=", "sessionid=short", "sessionid=" + strings.Repeat("!", 43)} {
			a := w.browser().get("/me/", "Cookie", cookie)
			require.Equal(t, http.StatusUnauthorized, a.StatusCode)
			require.Equal(t, "Session", a.Header.Get("WWW-Authenticate"))
			require.JSONEq(t, `{"detail":"Authentication credentials were not provided."}`, a.body)
			require.Equal(t, http.StatusOK, w.browser().get("/optional/", "Cookie", cookie).StatusCode)
		}
		require.EqualValues(t, 1, rows.reads.Load())
		a := w.browser().get("/me/", "Cookie", "sessionid="+strings.Repeat("a", 43))
		require.Equal(t, http.StatusUnauthorized, a.StatusCode)
		require.Nil(t, a.cookie("sessionid"))
	})
}

func TestSession_does_not_hold_the_token_or_plain_data(t *testing.T) {
	kept := make(chan store.Session, 100)
	st := sqlite(t)
	w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.Sessions = &keeping{Sessions: st, kept: kept} })
	b := w.browser()
	b.login("ada", "")
	close(kept)
	n := 0
	for s := range kept {
		n++
		require.NotEqual(t, b.cookieValue("sessionid"), s.Token)
		require.NotContains(t, string(s.Data), "state")
		require.NotContains(t, string(s.Data), "eyJ")
	}
	require.GreaterOrEqual(t, n, 3)
}

type keeping struct {
	auth.Sessions
	kept chan store.Session
}

func (k *keeping) SaveSession(ctx context.Context, s store.Session) error {
	k.kept <- s
	return k.Sessions.SaveSession(ctx, s)
}

func TestSession_lifetime_is_absolute(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.Session.Lifetime = 2 * time.Second })
		b := w.browser()
		start := time.Now()
		b.login("ada", "")
		cookie := "sessionid=" + b.cookieValue("sessionid")
		use := w.browser()
		require.Eventually(t, func() bool {
			return use.get("/me/", "Cookie", cookie).StatusCode == http.StatusUnauthorized
		}, 60*time.Second, 100*time.Millisecond, "use does not keep it alive")
		require.Greater(t, time.Since(start), time.Second)
	})
}

func TestSession_of_an_inactive_account_is_anonymous(t *testing.T) {
	st := sqlite(t)
	w := newWorld(t, st, nil)
	b := w.browser()
	b.login("ada", "")
	require.True(t, b.signedIn())
	_, err := st.SQLDB().Exec(`UPDATE meet_user SET is_active = false WHERE sub = 'ada'`)
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, b.get("/me/").StatusCode)
	require.Equal(t, http.StatusOK, b.do("POST", "/optional/").StatusCode)
	w.redirects(b.get(logoutPath), "/bye")
}

func TestSession_of_another_key_is_anonymous(t *testing.T) {
	st := sqlite(t)
	first := newWorld(t, st, nil)
	b := first.browser()
	b.login("ada", "")
	second := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.Key = conf.NewSecret("another key") })
	a := second.browser().get("/me/", "Cookie", "sessionid="+b.cookieValue("sessionid"))
	require.Equal(t, http.StatusUnauthorized, a.StatusCode)
	require.True(t, b.signedIn())
}

func TestNew_reports_every_fault_at_once(t *testing.T) {
	o := defaults()
	o.HTTP.PublicURL, o.HTTP.CSRFTrusted = "meet.example.org", []string{"app.example.org", "https://a.example.org/path"}
	o.OIDC.SignAlgo, o.OIDC.PKCESize, o.OIDC.PKCEMethod, o.OIDC.UserInfoForm = "none", 42, "S512", "auto"
	o.OIDC.Proxy, o.Session, o.Key = "nonsense", config.Session{}, conf.Secret{}
	_, err := auth.New(o)
	require.Error(t, err)
	for _, part := range []string{
		"Users and Sessions", "public_url", `"app.example.org"`, `"https://a.example.org/path"`, "sign_algo", "pkce_verifier_size",
		"pkce_method", "userinfo_format", "oidc.proxy", "session:",
	} {
		require.ErrorContains(t, err, part)
	}
	o = defaults()
	o.Key = conf.Secret{}
	_, err = auth.New(o)
	require.ErrorContains(t, err, "secrets.key")
}
