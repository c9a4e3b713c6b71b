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

		t.Run("silent login of somebody unknown to the provider returns and keeps the state", func(t *testing.T) {
			b := w.browser()
			back := b.begin("silent=true&returnTo=/room")
			require.Contains(t, back, "error=login_required")
			w.redirects(b.get(back), "/room")
			require.False(t, b.signedIn())
			u, err := url.Parse(back)
			require.NoError(t, err)
			withCode := callback + "?code=x&state=" + u.Query().Get("state")
			w.redirects(b.get(withCode), "/failed")
			badRequest(b.get(withCode))
			w.redirects(b.get(back), "/failed")
		})
		t.Run("the same with an unknown or missing state", func(t *testing.T) {
			b := w.browser()
			b.begin("silent=true&returnTo=/room")
			badRequest(b.get(callback + "?error=login_required&state=other"))
			badRequest(b.get(callback + "?error=login_required"))
		})
		t.Run("any other error drops the state and fails", func(t *testing.T) {
			b := w.browser()
			back := b.begin("login_hint=ada&returnTo=/room")
			u, err := url.Parse(back)
			require.NoError(t, err)
			w.redirects(b.get(callback+"?error=access_denied&state="+u.Query().Get("state")), "/failed")
			badRequest(b.get(back))
		})
		t.Run("login_required of a login that was not silent fails", func(t *testing.T) {
			b := w.browser()
			b.begin("login_hint=ada&silent=false")
			w.redirects(b.get(callback+"?error=login_required"), "/failed")
		})
		t.Run("any other error of a silent login goes back, once", func(t *testing.T) {
			b := w.browser()
			b.begin("silent=true&returnTo=/room")
			w.redirects(b.get(callback+"?error=interaction_required"), "/room")
			w.redirects(b.get(callback+"?error=interaction_required"), "/failed")
		})
		t.Run("an error signs a signed-in user out", func(t *testing.T) {
			b := w.browser()
			b.login("ada", "")
			require.True(t, b.signedIn())
			a := b.get(callback + "?error=access_denied")
			w.redirects(a, "/failed")
			require.Negative(t, a.cookie("sessionid").MaxAge)
			require.False(t, b.signedIn())
		})
		t.Run("an error of a signed-in user's silent login goes back", func(t *testing.T) {
			b := w.browser()
			b.login("ada", "")
			b.begin("silent=true&returnTo=/room")
			w.redirects(b.get(callback+"?error=temporarily_unavailable"), "/room")
			require.False(t, b.signedIn())
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
			victim.begin("login_hint=grace")
			badRequest(victim.get(back))
			require.False(t, victim.signedIn())
		})
		t.Run("several logins at once", func(t *testing.T) {
			b := w.browser()
			first := b.begin("login_hint=ada&returnTo=/first")
			second := b.begin("login_hint=ada&returnTo=/second")
			w.redirects(b.get(first), "/second")
			w.redirects(b.get(second), "/second")
		})
		t.Run("unsafe pages are not kept, and overwrite", func(t *testing.T) {
			b := w.browser()
			b.begin("login_hint=ada&returnTo=/first")
			w.redirects(b.get(b.begin("login_hint=ada&returnTo=//attacker.example.org")), "/home")
		})
	})
}

func TestCallback_keeps_the_newest_50_states(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	var states []string
	for range 52 {
		u, err := url.Parse(b.get("/api/v1.0/authenticate/").location())
		require.NoError(t, err)
		states = append(states, u.Query().Get("state"))
	}
	for i, want := range map[int]int{0: 400, 1: 400, 2: 302, 51: 302} {
		a := b.get(callback + "?code=wrong&state=" + states[i])
		require.Equal(t, want, a.StatusCode, "state %d", i)
	}
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
	require.Len(t, a.Header.Values("Set-Cookie"), 2, "one of each cookie")
	require.True(t, b.signedIn())
}
