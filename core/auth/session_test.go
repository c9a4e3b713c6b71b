package auth_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
	"foyer/sdk/conf"
)

// counting counts the statements about sessions.
type counting struct {
	auth.Sessions
	reads, writes atomic.Int64
}

func (c *counting) LiveSessions(ctx context.Context, now time.Time, tokens ...string) (map[string]store.LiveSession, error) {
	c.reads.Add(1)
	return c.Sessions.LiveSessions(ctx, now, tokens...)
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

		rows.reads.Store(0)
		crowd := strings.Repeat("sessionid=no form of ours; ", 100)
		for i := range 500 { // more than one of the gateway's headers can hold
			crowd += fmt.Sprintf("sessionid=%043d; ", i)
		}
		require.Equal(t, http.StatusOK, w.browser().get("/me/", "Cookie", crowd+"sessionid="+b.cookieValue("sessionid")).StatusCode)
		require.EqualValues(t, 1, rows.reads.Load(), "however many cookies there are")
	})
}

// A parent domain may have set cookies with the same name, and a browser sends them all,
// in an order that cannot be relied on.
func TestSession_is_found_whichever_place_its_cookie_has(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		ada, off, ended := w.browser(), w.browser(), w.browser()
		ada.login("ada", "")
		ended.login("ada", "")
		gone := ended.cookieValue("sessionid")
		ended.get(logoutPath)
		off.login("alan", "")
		rule(t, st, `UPDATE meet_user SET is_active = false WHERE sub = 'alan'`)
		ours := ada.cookieValue("sessionid")
		other := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) {
			o.Key = conf.NewSecret("another key of thirty-two bytes and more")
		})
		stranger := other.browser()
		stranger.login("grace", "")

		for name, theirs := range map[string]string{
			"of another form": "0123456789abcdef0123456789abcdef", "of our form": strings.Repeat("a", 43), "empty": "", "long": strings.Repeat("x", 4000),
			"quoted": `"` + ours[:20] + `"`, "a session that has ended": gone, "of an inactive account": off.cookieValue("sessionid"),
			"of another gateway": stranger.cookieValue("sessionid"),
		} {
			for _, cookies := range []string{
				"sessionid=" + theirs + "; sessionid=" + ours, "sessionid=" + ours + "; sessionid=" + theirs,
				"sessionid=" + theirs + "; a=b; sessionid=" + ours + "; sessionid=" + theirs,
			} {
				a := w.browser().get("/me/", "Cookie", cookies)
				require.Equal(t, http.StatusOK, a.StatusCode, name)
				require.Contains(t, a.body, `"sub":"ada"`, name)
				require.Nil(t, a.cookie("sessionid"), name)
			}
			require.Equal(t, http.StatusUnauthorized, w.browser().get("/me/", "Cookie", "sessionid="+theirs).StatusCode, name)
		}
	})
}

// With a stranger's cookie ahead of ours, sign-in used to loop.
func TestSession_begins_and_ends_next_to_cookies_of_its_name(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	theirs := []string{"Cookie", "sessionid=" + strings.Repeat("a", 43) + "; csrftoken=" + strings.Repeat("b", 32)}
	b := w.browser()
	a := b.get("/api/v1.0/authenticate/?login_hint=ada", theirs...)
	back := b.follow(a)
	a = b.get(back, theirs...)
	w.redirects(a, "/home")
	ours := a.cookie("sessionid").Value
	require.Equal(t, http.StatusOK, b.get("/me/", theirs...).StatusCode)
	for _, token := range []string{b.cookieValue("csrftoken"), strings.Repeat("b", 32)} {
		require.Equal(t, http.StatusOK, b.do("POST", "/me/", append(theirs, "X-CSRFToken", token)...).StatusCode)
	}
	a = b.get("/api/v1.0/authenticate/?login_hint=ada", theirs...)
	a = b.get(b.follow(a), theirs...)
	w.redirects(a, "/home")
	require.Equal(t, ours, a.cookie("sessionid").Value, "the same user keeps the session")
	require.Nil(t, a.cookie("csrftoken"))
	require.Negative(t, b.get(logoutPath, theirs...).cookie("sessionid").MaxAge)
	require.Equal(t, http.StatusUnauthorized, w.browser().get("/me/", "Cookie", "sessionid="+ours).StatusCode)
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
		require.NotContains(t, string(s.Data), "sid")
		require.NotContains(t, string(s.Data), "eyJ")
	}
	require.Equal(t, 1, n, "a sign-in writes it once")
}

func TestSession_data_opens_in_its_own_row_only(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		ada, grace := w.browser(), w.browser()
		ada.login("ada", "")
		grace.login("grace", "")
		require.True(t, grace.signedIn())
		rule(t, st, `UPDATE foyer_session SET data = (SELECT s.data FROM foyer_session s JOIN meet_user u ON u.id = s.user_id WHERE u.sub = 'ada')`)
		require.True(t, ada.signedIn())
		require.False(t, grace.signedIn())
	})
}

// The provider's session id is indexed, for back-channel logout.
func TestSession_of_a_provider_with_an_odd_session_id(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		for name, sid := range map[string]any{
			"NUL": "a\x00b", "long": strings.Repeat("0123456789abcdef", 1000), "number": 7, "other script": "é", "empty": "",
		} {
			w.op.Misbehave(oidcdev.Faults{IDToken: func(c map[string]any) { c["sid"] = sid }})
			b := w.browser()
			w.redirects(b.login("ada", ""), "/home")
			require.True(t, b.signedIn(), name)
		}
	})
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
	rule(t, st, `UPDATE meet_user SET is_active = false WHERE sub = 'ada'`)
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
