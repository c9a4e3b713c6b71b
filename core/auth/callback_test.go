package auth_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
)

const callback = "/api/v1.0/callback/"

func TestCallback_rows(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		badRequest := func(a answer) {
			t.Helper()
			require.Equal(t, http.StatusBadRequest, a.StatusCode)
			require.Equal(t, "application/json", a.Header.Get("Content-Type"))
			require.JSONEq(t, `{"detail":"Unknown or used login state."}`, a.body)
		}

		t.Run("silent login of somebody unknown to the provider returns", func(t *testing.T) {
			b := w.browser()
			back := b.begin("silent=true&returnTo=/room")
			require.Contains(t, back, "error=login_required")
			w.redirects(b.get(back), "/room")
			require.False(t, b.signedIn())
			w.redirects(b.get(callback+"?code=x&state="+stateOf(t, back)), "/failed")
			w.redirects(b.get(back), "/failed")
		})
		t.Run("and leaves a signed-in user alone", func(t *testing.T) {
			b := w.browser()
			b.login("ada", "")
			to := b.get("/api/v1.0/authenticate/?silent=true&returnTo=/room").location()
			w.redirects(b.get(callback+"?error=login_required&state="+stateOf(t, to)), "/room")
			require.True(t, b.signedIn())
		})
		t.Run("any other error ends the login and fails", func(t *testing.T) {
			b := w.browser()
			back := b.begin("login_hint=ada&returnTo=/room")
			w.redirects(b.get(callback+"?error=access_denied&state="+stateOf(t, back)), "/failed")
			w.redirects(b.get(back), "/failed")
			require.False(t, b.signedIn())
		})
		t.Run("login_required of a login that was not silent fails", func(t *testing.T) {
			b := w.browser()
			back := b.begin("login_hint=ada&silent=false")
			w.redirects(b.get(callback+"?error=login_required&state="+stateOf(t, back)), "/failed")
		})
		t.Run("any other error of a silent login goes back, once", func(t *testing.T) {
			b := w.browser()
			stray := callback + "?error=interaction_required&state=" + stateOf(t, b.begin("silent=true&returnTo=/room"))
			w.redirects(b.get(stray), "/room")
			w.redirects(b.get(stray), "/failed")
		})
		t.Run("an error of a login under way signs a signed-in user out", func(t *testing.T) {
			b := w.browser()
			b.login("ada", "")
			back := b.begin("login_hint=ada")
			a := b.get(callback + "?error=access_denied&state=" + stateOf(t, back))
			w.redirects(a, "/failed")
			require.Negative(t, a.cookie("sessionid").MaxAge)
			require.False(t, b.signedIn())
		})
		t.Run("an error of a signed-in user's silent login goes back", func(t *testing.T) {
			b := w.browser()
			b.login("ada", "")
			back := b.begin("silent=true&returnTo=/room")
			w.redirects(b.get(callback+"?error=temporarily_unavailable&state="+stateOf(t, back)), "/room")
			require.False(t, b.signedIn())
		})
		t.Run("an error without a login under way signs nobody out", func(t *testing.T) {
			other := w.browser()
			foreign := stateOf(t, other.begin("login_hint=grace"))
			b := w.browser()
			b.login("ada", "")
			for _, silent := range []bool{false, true} {
				if silent {
					b.get("/api/v1.0/authenticate/?silent=true&returnTo=/room")
				}
				for _, query := range []string{
					"error=access_denied", "error=login_required", "error=x&state=", "error=access_denied&state=unknown",
					"error=login_required&state=unknown", "error=access_denied&state=" + foreign, "error=x&code=y&state=" + foreign,
				} {
					a := b.get(callback + "?" + query)
					w.redirects(a, "/failed")
					require.Empty(t, a.Cookies(), query)
					require.True(t, b.signedIn(), query)
				}
			}
		})
		t.Run("without a session or a started login it fails", func(t *testing.T) {
			w.redirects(w.browser().get(callback+"?code=a&state=b"), "/failed")
			w.redirects(w.browser().get(callback+"?code=a&state=b", "Cookie", "sessionid="+strings.Repeat("a", 43)), "/failed")
			w.redirects(w.browser().get(callback), "/failed")
			w.redirects(w.browser().get(callback+"?code=a"), "/failed")
			w.redirects(w.browser().get(callback+"?state=a"), "/failed")
		})
		t.Run("a wrong or replayed state is refused", func(t *testing.T) {
			b := w.browser()
			back := b.begin("login_hint=ada")
			badRequest(b.get(callback + "?code=x&state=wrong"))
			w.redirects(b.get(back), "/home")
			badRequest(b.get(back))
			require.True(t, b.signedIn())
		})
		t.Run("a state belongs to one browser", func(t *testing.T) {
			victim, attacker := w.browser(), w.browser()
			back := attacker.begin("login_hint=ada")
			w.redirects(victim.get(back), "/failed")
			victim.begin("login_hint=grace")
			badRequest(victim.get(back))
			require.False(t, victim.signedIn())
		})
		t.Run("several logins at once, each with its own page", func(t *testing.T) {
			b := w.browser()
			first := b.begin("login_hint=ada&returnTo=/first")
			second := b.begin("login_hint=ada&returnTo=/second")
			silent := b.get("/api/v1.0/authenticate/?silent=true&returnTo=/third").location()
			w.redirects(b.get(second), "/second")
			w.redirects(b.get(first), "/first")
			w.redirects(b.get(callback+"?error=login_required&state="+stateOf(t, silent)), "/third")
		})
		t.Run("unsafe pages are not kept", func(t *testing.T) {
			b := w.browser()
			b.begin("login_hint=ada&returnTo=/first")
			w.redirects(b.get(b.begin("login_hint=ada&returnTo=//attacker.example.org")), "/home")
		})
	})
}

// stateOf returns the state in a URL.
func stateOf(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	require.NoError(t, err)
	require.NotEmpty(t, u.Query().Get("state"))
	return u.Query().Get("state")
}

func TestCallback_consumes_the_state_before_the_exchange(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		b := w.browser()
		back := b.begin("login_hint=ada")
		inside := make(chan answer, 1)
		w.op.Misbehave(oidcdev.Faults{BeforeToken: func() { inside <- b.get(back) }})
		w.redirects(b.get(back), "/home")
		require.Equal(t, http.StatusBadRequest, (<-inside).StatusCode)
	})
}

func TestCallback_does_not_overwrite_what_another_tab_started(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	back := b.begin("login_hint=ada")
	other := make(chan string, 1)
	w.op.Misbehave(oidcdev.Faults{BeforeToken: func() { other <- b.begin("login_hint=ada&returnTo=/other") }})
	require.Equal(t, http.StatusFound, b.get(back).StatusCode)
	w.op.Misbehave(oidcdev.Faults{})
	w.redirects(b.get(<-other), "/other")
}

func TestCallback_first_logins_of_one_sub_at_once_make_one_account(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		const n = 6
		done := make(chan string, n)
		for range n {
			b := w.browser()
			back := b.begin("login_hint=alan")
			go func() {
				resp, err := b.Get(back)
				if err != nil {
					done <- err.Error()
					return
				}
				_ = resp.Body.Close()
				done <- fmt.Sprint(resp.StatusCode, resp.Header.Get("Location"))
			}()
		}
		for range n {
			require.Equal(t, "302/home", strings.ReplaceAll(<-done, " ", ""))
		}
		require.NotNil(t, w.user("alan").Email)
	})
}

func TestCallback_after_another_tab_signed_in_goes_where_it_wanted(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	first := b.begin("login_hint=ada&returnTo=/room")
	second := b.begin("login_hint=ada&returnTo=/room")
	inside := make(chan answer, 1)
	var under atomic.Bool
	w.op.Misbehave(oidcdev.Faults{BeforeToken: func() {
		if under.CompareAndSwap(false, true) {
			inside <- b.get(second)
		}
	}})
	a := b.get(first)
	w.redirects(<-inside, "/room")
	w.redirects(a, "/room")
	require.Len(t, a.Header.Values("Set-Cookie"), 3, "one of each cookie: the login's, the session's, the CSRF token's")
	require.True(t, b.signedIn())
}
