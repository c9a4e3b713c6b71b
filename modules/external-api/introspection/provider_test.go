package introspection_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/module/conf"
	"foyer/internal/dev/oidcdev"
	"foyer/modules/external-api/bearer"
	"foyer/modules/external-api/introspection"
)

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
