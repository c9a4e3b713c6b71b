package introspection_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/bearer"
	"foyer/core/bearer/introspection"
	"foyer/internal/dev/oidcdev"
	"foyer/modules/external-api/jwks"
	"foyer/sdk/conf"
)

func ecKey(t *testing.T) conf.Secret {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return conf.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

// Each provider accepts only one authentication method; the key set it has for us is
// what /jwks publishes.
func TestIntrospect_proves_who_asks_as_the_provider_wants(t *testing.T) {
	for _, way := range []string{oidcdev.ByPost, oidcdev.ByBasic, oidcdev.ByKey} {
		p := oidcdev.StartT(t, oidcdev.Options{ClientAuth: way})
		o := introspection.Options{Config: introspection.Default(), Log: slog.New(slog.DiscardHandler)}
		o.Config.Issuer, o.Config.ClientID, o.Config.Endpoint = p.Issuer+"/", p.ClientID, p.Issuer+oidcdev.IntrospectionPath
		o.Config.ClientAuth = way
		if o.Config.ClientSecret = conf.NewSecret(p.Secret); way == oidcdev.ByKey {
			o.Config.ClientSecret, o.Config.ClientKey = conf.Secret{}, ecKey(t)
		}
		keys, err := o.Config.Keys()
		require.NoError(t, err)
		var publisher jwks.Publisher
		publisher.Load(jwks.Default(), keys)
		e := http.NewServeMux()
		e.Handle("GET "+jwks.Path, publisher.Routes()[0].Handler)
		us := httptest.NewServer(e)
		t.Cleanup(us.Close)
		p.TrustKeys(us.URL + jwks.Path)
		require.True(t, o.Config.Configured())
		c, err := introspection.New(o)
		require.NoError(t, err)
		t.Cleanup(c.Close)
		token, err := p.AccessToken(oidcdev.Grant{Sub: "ada", Client: "planner", Scopes: []string{"lasuite_meet"}})
		require.NoError(t, err)
		got, err := c.Introspect(t.Context(), token)
		require.NoError(t, err, way)
		require.Equal(t, "ada", got.Subject)
	}
}

func TestIntrospect_logs_once_why_the_provider_refuses_us(t *testing.T) {
	p := newPeer(t)
	p.does(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(401)
		_, _ = fmt.Fprintf(w, `{"error":"invalid_client","error_description":"no client of %s"}`, r.PostForm.Get("client_secret"))
	})
	var logs bytes.Buffer
	c := client(t, p.URL, func(o *introspection.Options) { o.Log = slog.New(slog.NewTextHandler(&logs, nil)) })
	for i := range 5 {
		_, err := c.Introspect(t.Context(), fmt.Sprint("token", i))
		code, text := status(err)
		require.Equal(t, 400, code)
		require.Equal(t, "The provider refused to tell: 401 Unauthorized.", text, "what it said is not the caller's to know")
	}
	require.Equal(t, 1, strings.Count(logs.String(), "refuses to tell"))
	require.Contains(t, logs.String(), "no client of [redacted]")
	p.says(good(nil))
	_, err := c.Introspect(t.Context(), "token")
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(logs.String(), "tells of tokens again"))
}

func TestIntrospect_asks_a_real_provider(t *testing.T) {
	p := oidcdev.StartT(t, oidcdev.Options{})
	at := &clock{}
	c := client(t, p.Issuer+oidcdev.IntrospectionPath, at.on, func(o *introspection.Options) {
		o.Config.Issuer, o.Config.ClientID, o.Config.ClientSecret = p.Issuer, p.ClientID, conf.NewSecret(p.Secret)
	})
	token := func(g oidcdev.Grant) string {
		text, err := p.AccessToken(g)
		require.NoError(t, err)
		return text
	}
	fine := token(oidcdev.Grant{Sub: "ada", Client: "planner", Scopes: []string{"openid", "lasuite_meet"}, Audience: []string{p.ClientID}})
	got, err := c.Introspect(t.Context(), fine)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(5*time.Minute), got.Ends, time.Minute)
	got.Ends = time.Time{}
	require.Equal(t, bearer.Introspection{Subject: "ada", ClientID: "planner", Scope: "openid lasuite_meet"}, got)

	for name, x := range map[string]struct{ token, want string }{
		"made up":           {"made-up", "The token is not active."},
		"over":              {token(oidcdev.Grant{Sub: "ada", Scopes: []string{"lasuite_meet"}, Lifetime: -time.Second}), "The token is not active."},
		"of other scopes":   {token(oidcdev.Grant{Sub: "ada", Scopes: []string{"openid"}}), "The token has none of the scopes that this server asks for."},
		"for somebody else": {token(oidcdev.Grant{Sub: "ada", Scopes: []string{"lasuite_meet"}, Audience: []string{"billing"}}), "The token is meant for another audience."},
	} {
		_, err := c.Introspect(t.Context(), x.token)
		code, text := status(err)
		require.Equal(t, 400, code, name)
		require.Equal(t, x.want, text, name)
	}

	p.Revoke("ada")
	at.pass(31 * time.Second)
	_, err = c.Introspect(t.Context(), fine)
	require.Error(t, err, "it is noticed")

	wrong := client(t, p.Issuer+oidcdev.IntrospectionPath)
	_, err = wrong.Introspect(t.Context(), fine)
	code, _ := status(err)
	require.Equal(t, 400, code, "our secret is wrong")
}
