package auth_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/internal/dev/oidcdev"
	"foyer/sdk/conf"
)

func TestDiscovery_waits_for_a_provider_that_is_down(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())
	w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.Issuer = "http://" + addr })
	w.redirects(w.browser().get("/api/v1.0/authenticate/?returnTo=/room"), "/failed")
	w.redirects(w.browser().get("/api/v1.0/authenticate/?returnTo=/room&silent=true"), "/room")
	require.Equal(t, http.StatusOK, w.browser().get("/open/").StatusCode)

	up, err := oidcdev.Start(context.Background(), oidcdev.Options{Addr: addr, Secret: w.op.Secret})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, up.Close()) })
	w.op = up
	require.Eventually(t, func() bool {
		return w.browser().get("/api/v1.0/authenticate/").location() != "/failed"
	}, 10*time.Second, 50*time.Millisecond, "a failure is told for a second")
	w.redirects(w.browser().login("ada", ""), "/home")
}

// Requests that anybody can make must not each cause a request to the provider.
func TestDiscovery_that_fails_is_not_tried_at_each_request(t *testing.T) {
	st := sqlite(t)
	w := newWorld(t, st, func(o *auth.Options, op *oidcdev.Provider) { o.OIDC.Issuer = op.Issuer + "/nobody" })
	start := time.Now()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 25 {
				w.redirects(w.browser().get("/api/v1.0/authenticate/"), "/failed")
			}
		})
	}
	all.Wait()
	seconds := int(time.Since(start)/time.Second) + 1
	require.LessOrEqual(t, len(w.op.Requests("/nobody/.well-known/openid-configuration")), seconds)
}

// The same rule applies to the issuer we configured, to the metadata and to the tokens:
// a final slash makes no difference, anything else does.
func TestIssuer_is_the_same_with_and_without_the_last_slash(t *testing.T) {
	st := sqlite(t)
	for _, c := range []struct {
		configured, metadata, token string // what follows the common part
		found, ok                   bool
	}{
		{"", "", "", true, true}, {"", "", "/", true, true}, {"", "/", "", true, true}, {"", "/", "/", true, true},
		{"/", "", "", true, true}, {"/", "", "/", true, true}, {"/", "/", "", true, true}, {"/", "/", "/", true, true},
		{"", "//", "", false, false}, {"", "/x", "", false, false}, {"/", "x", "", false, false},
		{"", "", "//", true, false}, {"/", "/", "/x", true, false}, {"", "", "#", true, false}, {"/", "/", "?", true, false},
	} {
		t.Run(strings.Join([]string{"configured" + c.configured, "metadata" + c.metadata, "token" + c.token}, " "), func(t *testing.T) {
			w := newWorld(t, st, func(o *auth.Options, op *oidcdev.Provider) { o.OIDC.Issuer = op.Issuer + c.configured })
			w.op.Misbehave(oidcdev.Faults{
				Metadata: func(m map[string]any) { m["issuer"] = w.op.Issuer + c.metadata },
				IDToken:  func(m map[string]any) { m["iss"] = w.op.Issuer + c.token },
			})
			if !c.found {
				w.redirects(w.browser().get("/api/v1.0/authenticate/"), "/failed")
				require.Contains(t, w.logs.String(), "of another issuer")
				return
			}
			a := w.browser().login("ada", "")
			want := map[bool]string{true: "/home", false: "/failed"}[c.ok]
			w.redirects(a, want)
			logout := w.logoutClaims(map[string]any{"sub": "ada", "iss": w.op.Issuer + c.token})
			status := map[bool]int{true: http.StatusNoContent, false: http.StatusBadRequest}[c.ok]
			require.Equal(t, status, w.postLogout(w.signed(logout, oidcdev.GoodKey)).StatusCode)
		})
	}
}

func TestDiscovery_of_a_gateway_without_a_provider(t *testing.T) {
	w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) {
		o.OIDC.Issuer, o.OIDC.ClientSecret = "", conf.Secret{}
	})
	w.redirects(w.browser().get("/api/v1.0/authenticate/"), "/failed")
	require.Contains(t, w.logs.String(), "sign-in is not configured")
}

func TestDiscovery_refuses_another_issuer_and_endless_answers(t *testing.T) {
	st := sqlite(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/wrong/.well-known/openid-configuration", func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = rw.Write([]byte(`{"issuer":"https://attacker.example.org"}`))
	})
	mux.HandleFunc("/endless/.well-known/openid-configuration", func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = rw.Write([]byte(`{"issuer":"`))
		for range 64 {
			if _, err := rw.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/away/.well-known/openid-configuration", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "http://localhost:1/", http.StatusFound)
	})
	srv := &http.Server{Handler: mux}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	for _, path := range []string{"/wrong", "/endless", "/away"} {
		w := newWorld(t, st, func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.Issuer = "http://" + l.Addr().String() + path })
		w.redirects(w.browser().get("/api/v1.0/authenticate/"), "/failed")
	}
}
