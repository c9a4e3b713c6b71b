package auth_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/auth"
	"foyer/internal/dev/oidcdev"
)

// exchangeFaults are provider answers that must not sign anybody in.
func exchangeFaults() map[string]oidcdev.Faults {
	claim := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	without := func(name string) func(map[string]any) {
		return func(c map[string]any) { delete(c, name) }
	}
	return map[string]oidcdev.Faults{
		"another issuer":             {IDToken: claim("iss", "https://attacker.example.org")},
		"no issuer":                  {IDToken: without("iss")},
		"another audience":           {IDToken: claim("aud", "somebody-else")},
		"no audience":                {IDToken: without("aud")},
		"party of another client":    {IDToken: func(c map[string]any) { c["aud"], c["azp"] = []string{"meet", "x"}, "x" }},
		"several, no party":          {IDToken: func(c map[string]any) { c["aud"] = []string{"meet", "x"}; delete(c, "azp") }},
		"expired":                    {IDToken: claim("exp", time.Now().Add(-time.Minute).Unix())},
		"no expiry":                  {IDToken: without("exp")},
		"not yet valid":              {IDToken: claim("nbf", time.Now().Add(time.Hour).Unix())},
		"another nonce":              {IDToken: claim("nonce", "other")},
		"no nonce":                   {IDToken: without("nonce")},
		"empty nonce":                {IDToken: claim("nonce", "")},
		"no sub":                     {IDToken: without("sub")},
		"another sub":                {IDToken: claim("sub", "grace")},
		"another key":                {Sign: oidcdev.OtherKey},
		"alg none":                   {Sign: oidcdev.NoKey},
		"signed with the secret":     {Sign: oidcdev.SecretKey},
		"no id token":                {NoIDToken: true},
		"token endpoint fails":       {TokenStatus: http.StatusInternalServerError},
		"token endpoint refuses":     {TokenStatus: http.StatusBadRequest},
		"userinfo fails":             {InfoStatus: http.StatusBadGateway},
		"userinfo without sub":       {UserInfo: without("sub")},
		"userinfo with empty sub":    {UserInfo: claim("sub", "")},
		"userinfo with a number sub": {UserInfo: claim("sub", 7)},
		"userinfo of another":        {UserInfo: claim("sub", "grace")},
		"userinfo NUL in sub":        {IDToken: claim("sub", "a\x00b"), UserInfo: claim("sub", "a\x00b")},
		"userinfo long sub":          {IDToken: claim("sub", strings.Repeat("a", 256)), UserInfo: claim("sub", strings.Repeat("a", 256))},
		"jwt userinfo, other key":    {UserInfoJWT: true, Sign: oidcdev.OtherKey},
		"jwt userinfo, nonce":        {UserInfoJWT: true, UserInfo: claim("nonce", "x")},
		"jwt userinfo, issuer":       {UserInfoJWT: true, UserInfo: claim("iss", "https://attacker.example.org")},
		"jwt userinfo, audience":     {UserInfoJWT: true, UserInfo: claim("aud", "x")},
		"jwt userinfo, expired":      {UserInfoJWT: true, UserInfo: claim("exp", 1)},
	}
}

func TestLogin_refuses_forged_answers(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	for name, fault := range exchangeFaults() {
		t.Run(name, func(t *testing.T) {
			b := w.browser()
			w.op.Misbehave(fault)
			a := b.login("ada", "&returnTo=/room")
			w.redirects(a, "/failed")
			require.Nil(t, a.cookie("csrftoken"))
			require.False(t, b.signedIn())
			for _, sub := range []string{"ada", "grace", ""} {
				w.noUser(sub)
			}
		})
	}
	w.op.Misbehave(oidcdev.Faults{})
	w.redirects(w.browser().login("ada", ""), "/home")
	require.Contains(t, w.logs.String(), "a sign-in failed")
}

func TestLogin_that_was_silent_lands_where_it_came_from(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	b.login("ada", "")
	w.op.Misbehave(oidcdev.Faults{Sign: oidcdev.OtherKey})
	back := b.begin("silent=true&returnTo=/room")
	w.redirects(b.get(back), "/room")
}

func TestLogin_without_an_issuer_takes_that_of_the_endpoints(t *testing.T) {
	endpoints := func(o *auth.Options, op *oidcdev.Provider) {
		o.OIDC.Issuer = ""
		o.OIDC.AuthURL, o.OIDC.TokenURL = op.Issuer+"/authorize", op.Issuer+"/oauth/token"
		o.OIDC.UserInfoURL, o.OIDC.JWKSURL = op.Issuer+"/userinfo", op.Issuer+"/keys"
	}
	w := newWorld(t, sqlite(t), endpoints)
	require.Equal(t, 1, strings.Count(w.logs.String(), "oidc.issuer is not set"))
	w.redirects(w.browser().login("ada", ""), "/home")
	w.op.Misbehave(oidcdev.Faults{IDToken: func(c map[string]any) { c["iss"] = w.op.Issuer + "/realms/one" }})
	w.redirects(w.browser().login("ada", ""), "/home")
	for _, iss := range []any{"https://attacker.example.org", w.op.Issuer + "1", w.op.Issuer + "@attacker.example.org", "", nil, 7} {
		w.op.Misbehave(oidcdev.Faults{IDToken: func(c map[string]any) { c["iss"] = iss }})
		w.redirects(w.browser().login("ada", ""), "/failed")
	}
	require.Empty(t, w.op.Requests("/.well-known/openid-configuration"))
	require.Equal(t, 1, strings.Count(w.logs.String(), "oidc.issuer is not set"))
}

func TestLogin_reads_userinfo_in_every_form(t *testing.T) {
	for name, c := range map[string]struct {
		form string
		jwt  bool
		ok   bool
	}{
		"AUTO, JSON": {"AUTO", false, true}, "AUTO, JWT": {"AUTO", true, true},
		"JSON, JSON": {"JSON", false, true}, "JSON, JWT": {"JSON", true, false},
		"JWT, JWT": {"JWT", true, true}, "JWT, JSON": {"JWT", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.UserInfoForm = c.form })
			w.op.Misbehave(oidcdev.Faults{UserInfoJWT: c.jwt})
			want := "/home"
			if !c.ok {
				want = "/failed"
			}
			w.redirects(w.browser().login("ada", ""), want)
			if c.ok {
				require.Equal(t, "Ada Lane", *w.user("ada").FullName)
			}
		})
	}
}

func TestLogin_with_tokens_signed_by_the_client_secret(t *testing.T) {
	w := newWorld(t, sqlite(t), func(o *auth.Options, _ *oidcdev.Provider) { o.OIDC.SignAlgo = "HS256" })
	w.redirects(w.browser().login("ada", ""), "/failed")
	w.op.Misbehave(oidcdev.Faults{Sign: oidcdev.SecretKey})
	w.redirects(w.browser().login("ada", ""), "/home")
	w.op.Misbehave(oidcdev.Faults{Sign: oidcdev.NoKey})
	w.redirects(w.browser().login("ada", ""), "/failed")
}

func TestLogin_asks_for_the_keys_once(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	for range 3 {
		w.redirects(w.browser().login("ada", ""), "/home")
	}
	require.Len(t, w.op.Requests("/keys"), 1)
	require.Len(t, w.op.Requests("/.well-known/openid-configuration"), 1)
}
