package auth_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
	"foyer/sdk/conf"
)

// logins returns the browser's cookies for logins under way.
func (b *browser) logins() (list []*http.Cookie, bytes int) {
	b.w.Helper()
	u, err := url.Parse(b.w.url)
	require.NoError(b.w.T, err)
	for _, k := range b.Jar.Cookies(u) {
		if strings.HasPrefix(k.Name, "sessionid_login_") {
			list, bytes = append(list, k), bytes+len(k.Name)+len(k.Value)
		}
	}
	return list, bytes
}

func TestLogin_that_was_only_started_is_a_cookie_for_minutes_and_no_row(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		for range 60 {
			b := w.browser()
			a := b.get("/api/v1.0/authenticate/?returnTo=/" + strings.Repeat("x", 1000))
			require.Len(t, a.Cookies(), 1)
			k := a.Cookies()[0]
			require.Equal(t, 1800, k.MaxAge)
			require.True(t, k.HttpOnly)
			require.Equal(t, http.SameSiteLaxMode, k.SameSite)
			require.Empty(t, b.cookieValue("sessionid"), "there is no session yet")
			w.redirects(w.browser().get(callback+"?code=x&state="+stateOf(t, a.location())), "/failed")
			w.redirects(b.get(callback+"?error=access_denied&state="+stateOf(t, a.location())), "/failed")
		}
		require.Zero(t, rows(t, st, "foyer_session"))
		require.Equal(t, 1, rows(t, st, "foyer_kv"), "what the migration stores")
	})
}

// Restored tabs all start at the same moment.
func TestLogin_of_tabs_that_start_at_once_all_come_back(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	const n = 8
	backs := make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { backs[i] = b.begin("login_hint=ada&returnTo=/" + string(rune('a'+i))) })
	}
	all.Wait()
	list, _ := b.logins()
	require.Len(t, list, n)
	for i, back := range backs {
		w.redirects(b.get(back), "/"+string(rune('a'+i)))
	}
	list, _ = b.logins()
	require.Empty(t, list, "each is taken back when it ends")
	require.True(t, b.signedIn())
}

func TestLogin_cookies_stay_below_what_servers_in_front_allow(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	var backs []string
	for i := range 40 {
		page := "/"
		if i%3 == 0 {
			page += strings.Repeat("x", 2000)
		}
		backs = append(backs, b.begin("login_hint=ada&returnTo="+page))
		list, bytes := b.logins()
		require.LessOrEqual(t, bytes, 4096)
		require.NotEmpty(t, list)
	}
	list, _ := b.logins()
	require.Greater(t, len(list), 1)
	for i, back := range backs {
		a := b.get(back)
		if i < len(backs)-len(list) {
			require.Equal(t, http.StatusBadRequest, a.StatusCode, "the oldest made room")
		} else {
			require.Equal(t, http.StatusFound, a.StatusCode, "login %d", i)
		}
	}
}

func TestLogin_returns_to_a_page_that_fits_its_cookie(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	for name, c := range map[string]struct {
		page string
		kept bool
	}{
		"short":               {"/room?x=1&y=<2>#z", true},
		"2,000 bytes":         {"/" + strings.Repeat("x", 1999), true},
		"2,000 bytes of &":    {"/" + strings.Repeat("&", 1999), true},
		"too long":            {"/" + strings.Repeat("x", 3000), false},
		"too long once coded": {"/" + strings.Repeat(`"`, 2000), false},
	} {
		t.Run(name, func(t *testing.T) {
			b := w.browser()
			back := b.begin("login_hint=ada&returnTo=" + url.QueryEscape(c.page))
			list, bytes := b.logins()
			require.Len(t, list, 1)
			require.Less(t, bytes, 3700)
			want := "/home"
			if c.kept {
				want = c.page
			}
			w.redirects(b.get(back), want)
		})
	}
}

func TestLogin_cookies_that_were_touched_are_none(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	for name, change := range map[string]func(k *http.Cookie){
		"another name": func(k *http.Cookie) { k.Name = k.Name[:len(k.Name)-1] + "-" },
		"cut":          func(k *http.Cookie) { k.Value = k.Value[:len(k.Value)-1] },
		"a letter": func(k *http.Cookie) {
			k.Value = k.Value[:40] + map[bool]string{true: "B", false: "A"}[k.Value[40] == 'A'] + k.Value[41:]
		},
		"empty":          func(k *http.Cookie) { k.Value = "" },
		"not our coding": func(k *http.Cookie) { k.Value = strings.Repeat("!", 100) },
	} {
		t.Run(name, func(t *testing.T) {
			b, thief := w.browser(), w.browser()
			back := b.begin("login_hint=ada")
			list, _ := b.logins()
			k := *list[0]
			change(&k)
			w.redirects(thief.get(back, "Cookie", k.Name+"="+k.Value), "/failed")
			require.Zero(t, len(w.op.Requests("/oauth/token")))
		})
	}
}

func TestLogin_is_found_among_cookies_of_its_name(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	other := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) {
		o.Key = conf.NewSecret("another key of thirty-two bytes and more")
	})
	stranger := other.browser()
	stranger.begin("login_hint=ada")
	strange, _ := stranger.logins()
	for _, theirs := range []string{"", "x", strange[0].Value, strings.Repeat("x", 4000)} {
		b := w.browser()
		back := b.begin("login_hint=ada")
		ours, _ := b.logins()
		planted := []string{"Cookie", ours[0].Name + "=" + theirs + "; " + strange[0].Name + "=" + strange[0].Value}
		b.get("/api/v1.0/authenticate/", planted...)
		w.redirects(b.get(back, planted...), "/home")
	}
}

// replica returns a second gateway of the same deployment.
func (w *world) replica(o auth.Options) *world {
	w.Helper()
	second := *w
	var err error
	second.auth, err = auth.New(o)
	require.NoError(w.T, err)
	w.Cleanup(second.auth.Close)
	srv := httptest.NewServer(second.engine())
	w.Cleanup(srv.Close)
	second.url = srv.URL
	return &second
}

func TestLogin_is_finished_by_any_replica_and_by_one(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		var options auth.Options
		w := newWorld(t, st, func(o *auth.Options, op *oidcdev.Provider) {
			o.HTTP.PublicURL = "http://127.0.0.1:9" // one address for both
			options = *o
		})
		second := w.replica(options)
		start := func() (state, cookie string) {
			b := w.browser()
			to := b.get("/api/v1.0/authenticate/?login_hint=ada").location()
			for !strings.HasPrefix(to, "http://127.0.0.1:9/") {
				if strings.HasPrefix(to, "/") {
					to = w.op.Issuer + to
				}
				to = b.get(to).location()
			}
			list, _ := b.logins()
			return strings.TrimPrefix(to, "http://127.0.0.1:9"), list[0].Name + "=" + list[0].Value
		}
		back, cookie := start()
		w.redirects(second.browser().get(back, "Cookie", cookie), "/home")

		// Copies of a browser's cookie, at both replicas at once.
		back, cookie = start()
		statuses := make([]int, 8)
		var all sync.WaitGroup
		for i := range statuses {
			all.Go(func() { statuses[i] = []*world{w, second}[i%2].browser().get(back, "Cookie", cookie).StatusCode })
		}
		all.Wait()
		found := 0
		for _, status := range statuses {
			if status == http.StatusFound {
				found++
			} else {
				require.Equal(t, http.StatusBadRequest, status)
			}
		}
		require.Equal(t, 1, found)

		// The record of a used state is kept for as long as the cookie is valid.
		sum := sha256.Sum256([]byte(stateOf(t, w.url+back)))
		_, err := st.KVGet(t.Context(), "auth", "state:"+hex.EncodeToString(sum[:]), time.Now().Add(30*time.Minute))
		require.NoError(t, err)
		_, err = st.KVGet(t.Context(), "auth", "state:"+hex.EncodeToString(sum[:]), time.Now().Add(32*time.Minute))
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}

// rows counts the rows of a table.
func rows(t *testing.T, st *store.Store, table string) (n int) {
	t.Helper()
	require.NoError(t, st.InTx(t.Context(), func(tx *store.Tx) error {
		if tx.Pgx() != nil {
			return tx.Pgx().QueryRow(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n)
		}
		return tx.SQL().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n)
	}))
	return n
}
