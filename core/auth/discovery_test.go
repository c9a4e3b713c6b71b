package auth_test

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/core/module/conf"
	"foyer/internal/dev/oidcdev"
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
	w.redirects(w.browser().login("ada", ""), "/home")
}

func TestDiscovery_of_a_gateway_without_a_provider(t *testing.T) {
	w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) {
		o.OIDC.Issuer, o.OIDC.ClientSecret = "", conf.Secret{}
	})
	w.redirects(w.browser().get("/api/v1.0/authenticate/"), "/failed")
	require.Contains(t, w.logs.String(), "sign-in is not configured")
}

func TestDiscovery_refuses_another_issuer_and_endless_answers(t *testing.T) {
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
		w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.Issuer = "http://" + l.Addr().String() + path })
		w.redirects(w.browser().get("/api/v1.0/authenticate/"), "/failed")
	}
}
