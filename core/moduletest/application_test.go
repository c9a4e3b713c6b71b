package moduletest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/legacy/credential"
	"foyer/core/moduletest"
	"foyer/core/store"
	externalapi "foyer/modules/external-api"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

const (
	programPath = "/probe/program/"
	issuing     = "a secret of the tokens, long enough for them"
	media       = "a secret of the media server, for tests"
)

// programs is the probe next to the module that issues tokens, with people and
// applications.
type programs struct {
	*testing.T
	*moduletest.Gateway
	ada     store.User
	apps    map[string]store.Application
	secrets map[string]string
}

func withPrograms(t *testing.T, test func(p *programs)) {
	for name, process := range map[string]bool{"in process": false, "own process": true} {
		t.Run(name, func(t *testing.T) {
			g := moduletest.Start(t, moduletest.Case{
				New: newProbe, Beside: []moduletest.Other{{New: externalapi.New, Config: "jwt_secret_key: \"" + issuing + "\"\n"}},
				LiveKit: module.LiveKit{URL: "ws://127.0.0.1:1", APIKey: "key", APISecret: conf.NewSecret(media)},
			}, process)
			p := &programs{T: t, Gateway: g, apps: map[string]store.Application{}, secrets: map[string]string{}}
			p.ada = p.user("ada", true)
			p.user("gone", false)
			test(p)
		})
	}
}

func (p *programs) user(name string, active bool) store.User {
	p.Helper()
	u, err := p.Store.CreateUser(p.Context(), store.User{Sub: &name, Email: new(name + "@example.org"), IsActive: active})
	require.NoError(p, err)
	return u
}

func (p *programs) application(name string, scopes ...string) {
	p.Helper()
	secret, err := credential.Random(64)
	require.NoError(p, err)
	hash, err := credential.Make(secret, credential.FewRounds)
	require.NoError(p, err)
	p.apps[name], err = p.Store.CreateApplication(p.Context(), store.Application{
		Name: name, ClientID: name, IsActive: true, Scopes: scopes, Secrets: []store.ApplicationSecret{{Hash: hash}},
	})
	require.NoError(p, err)
	p.secrets[name] = secret
}

func (p *programs) change(name string, change func(*store.Application)) {
	p.Helper()
	_, err := p.Store.ChangeApplication(p.Context(), p.apps[name].ID, func(a *store.Application) error { change(a); return nil })
	require.NoError(p, err)
}

// token returns a token that the token endpoint issues to an application for a user.
func (p *programs) token(app, user string) string {
	p.Helper()
	form := url.Values{
		"client_id": {app}, "client_secret": {p.secrets[app]}, "grant_type": {"client_credentials"}, "scope": {user + "@example.org"},
	}
	a := p.Send(p, moduletest.Request{
		Method: http.MethodPost, Path: "/external-api/v1.0/application/token/", Body: form.Encode(),
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	})
	require.Equal(p, http.StatusOK, a.Status, a.Body)
	var got struct {
		Token string `json:"access_token"`
	}
	require.NoError(p, json.Unmarshal([]byte(a.Body), &got))
	return got.Token
}

// call sends what a client would.
func (p *programs) call(header http.Header) moduletest.Answer {
	p.Helper()
	return p.Send(p, moduletest.Request{Method: http.MethodGet, Path: programPath, Header: header})
}

func (p *programs) with(token string) moduletest.Answer {
	p.Helper()
	return p.call(http.Header{"Authorization": {"Bearer " + token}})
}

// refused checks the guard's refusal, and its challenge if there should be one.
func (p *programs) refused(a moduletest.Answer, status int, detail, why string) {
	p.Helper()
	require.Equal(p, status, a.Status, "%s: %s", why, a.Body)
	require.JSONEq(p, `{"detail":`+string(must(json.Marshal(detail)))+`}`, a.Body, why)
	if status == http.StatusUnauthorized {
		require.Equal(p, "Bearer", a.Header.Get("WWW-Authenticate"), why)
	}
}

func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}

const noCredentials = "Authentication credentials were not provided."

func TestApplicationToken_opens_the_route_of_any_module(t *testing.T) {
	withPrograms(t, func(p *programs) {
		p.application("calendar", "probe:read", "rooms:list")
		token := p.token("calendar", "ada")
		throttled := p.Guard.Throttles.Load()
		a := p.call(http.Header{
			"Authorization": {"bEARER  " + token}, "X-Foyer-Caller": {`{"caller":{"sub":"root"}}`}, "X-Foyer-Token": {"guess"},
		})
		require.Equal(t, throttled+1, p.Guard.Throttles.Load())
		require.Equal(p, http.StatusOK, a.Status, a.Body)
		var seen struct {
			Caller module.Caller
			Header http.Header
		}
		require.NoError(p, json.Unmarshal([]byte(a.Body), &seen))
		require.Equal(p, p.ada.ID, seen.Caller.UserID)
		require.Equal(p, "ada", seen.Caller.Sub)
		require.Nil(p, seen.Caller.Token)
		id := p.apps["calendar"].ID
		require.Equal(p, &module.CallingApplication{
			ID: id, ClientID: "calendar", Source: id, Kind: "ApplicationJWTAuthentication", Scopes: []string{"rooms:list", "probe:read"},
		}, seen.Caller.Application)
		require.NotContains(p, seen.Header, "Authorization")
		for _, part := range strings.Split(token, ".") {
			require.NotContains(p, a.Body, part, "the token came to the handler")
		}
	})
}

func TestApplicationToken_admits_nobody_else(t *testing.T) {
	withPrograms(t, func(p *programs) {
		p.application("calendar", "probe:read")
		p.application("reader", "rooms:list")
		p.application("nothing")
		p.application("inside", "probe:read")
		p.application("disabled", "probe:read")
		token := p.token("calendar", "ada")
		inside, disabled := p.token("inside", "ada"), p.token("disabled", "ada")
		p.change("inside", func(a *store.Application) { a.Addresses = []string{"192.0.2.0/24"} })
		p.change("disabled", func(a *store.Application) { a.IsActive = false })
		room, err := livekit.NewTokens("key", conf.NewSecret(media)).Issue(livekit.TokenRequest{Room: "x", Identity: "ada", TTL: time.Hour})
		require.NoError(p, err)
		for name, x := range map[string]struct {
			authorization []string
			status        int
			detail        string
		}{
			"nothing":                        {nil, 401, noCredentials},
			"an empty header":                {[]string{""}, 401, noCredentials},
			"another scheme":                 {[]string{"Basic " + token}, 401, noCredentials},
			"no scheme":                      {[]string{token}, 401, noCredentials},
			"the scheme alone":               {[]string{"Bearer"}, 401, "Invalid token header."},
			"two tokens":                     {[]string{"Bearer " + token + " " + token}, 401, "Invalid token header."},
			"two headers":                    {[]string{"Bearer " + token, "Bearer " + token}, 401, "Invalid token header."},
			"two headers, the other first":   {[]string{"Basic x", "Bearer " + token}, 401, "Invalid token header."},
			"what is not text":               {[]string{"Bearer \xff"}, 401, "Invalid token encoding."},
			"a long one":                     {[]string{"Bearer " + strings.Repeat("x", 17<<10)}, 401, "Invalid token."},
			"made up":                        {[]string{"Bearer made-up"}, 401, "Resource Server is improperly configured"},
			"one without its signature":      {[]string{"Bearer " + token[:strings.LastIndex(token, ".")+1]}, 401, "Resource Server is improperly configured"},
			"one of no algorithm":            {[]string{"Bearer " + p.forged(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil)}, 401, "Resource Server is improperly configured"},
			"one of another secret":          {[]string{"Bearer " + p.forged(jwt.SigningMethodHS256, []byte("guessed"), nil)}, 401, "Resource Server is improperly configured"},
			"one of the media server":        {[]string{"Bearer " + room}, 401, "Resource Server is improperly configured"},
			"one that has ended":             {[]string{"Bearer " + p.forged(jwt.SigningMethodHS256, []byte(issuing), jwt.MapClaims{"exp": 1})}, 401, "Token expired."},
			"one of another issuer":          {[]string{"Bearer " + p.forged(jwt.SigningMethodHS256, []byte(issuing), jwt.MapClaims{"iss": "x"})}, 401, "Invalid token."},
			"one for somebody else":          {[]string{"Bearer " + p.forged(jwt.SigningMethodHS256, []byte(issuing), jwt.MapClaims{"aud": "x"})}, 401, "Invalid token."},
			"of an application that is gone": {[]string{"Bearer " + p.forged(jwt.SigningMethodHS256, []byte(issuing), jwt.MapClaims{"client_id": "gone"})}, 401, "Application not found."},
			"of one that was deactivated":    {[]string{"Bearer " + disabled}, 401, "Application is disabled."},
			"for a user who is not active":   {[]string{"Bearer " + p.token("calendar", "gone")}, 401, "User account is disabled."},
			"from elsewhere":                 {[]string{"Bearer " + inside}, 403, "You do not have permission to perform this action."},
			"with another scope":             {[]string{"Bearer " + p.token("reader", "ada")}, 403, "Insufficient permissions. Required scope: probe:read"},
			"with no scope":                  {[]string{"Bearer " + p.token("nothing", "ada")}, 403, "Insufficient permissions."},
			"with a part of its name":        {[]string{"Bearer " + p.forged(jwt.SigningMethodHS256, []byte(issuing), jwt.MapClaims{"scope": "probe probe:rea probe:read:all"})}, 403, "Insufficient permissions. Required scope: probe:read"},
		} {
			p.refused(p.call(http.Header{"Authorization": x.authorization}), x.status, x.detail, name)
		}
		for name, header := range map[string]http.Header{
			"a forged envelope": {"X-Foyer-Caller": {`{"caller":{"user_id":"` + p.ada.ID.String() + `","application":{"scopes":["probe:read"]}}}`}},
			"the proxy's":       {"Proxy-Authorization": {"Bearer " + token}},
			"another spelling":  {"X-Authorization": {"Bearer " + token}, "X-Forwarded-Authorization": {"Bearer " + token}},
			"a cookie":          {"Cookie": {"access_token=" + token + "; sessionid=" + strings.Repeat("x", 43)}},
		} {
			p.refused(p.call(header), 401, noCredentials, name)
		}
		a := p.Send(p, get(programPath+"?access_token="+token))
		p.refused(a, 401, noCredentials, "in the address")
		a = p.Send(p, moduletest.Request{Method: http.MethodDelete, Path: programPath, Header: http.Header{"Authorization": {"Bearer " + token}}})
		p.refused(a, 403, "Insufficient permissions. Required scope: None", "a rule without a scope")
	})
}

// forged returns a token with the claims of a valid one plus changes, signed by any key.
func (p *programs) forged(method jwt.SigningMethod, key any, changes jwt.MapClaims) string {
	p.Helper()
	claims := jwt.MapClaims{
		"client_id": "calendar", "delegated": true, "user_id": p.ada.ID.String(), "iss": "lasuite-meet", "scope": "probe:read",
		"iat": time.Now().Unix() - 1, "exp": time.Now().Add(time.Hour).Unix(),
	}
	maps.Copy(claims, changes)
	text, err := jwt.NewWithClaims(method, claims).SignedString(key)
	require.NoError(p, err)
	return text
}

// Revocations take effect with the next request.
func TestApplicationToken_is_refused_at_once_when_it_is_taken_back(t *testing.T) {
	withPrograms(t, func(p *programs) {
		p.application("calendar", "probe:read")
		token, other := p.token("calendar", "ada"), p.token("calendar", "ada")
		require.Equal(p, 200, p.with(token).Status)
		a := p.Send(p, moduletest.Request{
			Method: http.MethodPost, Path: "/external-api/v1.0/application/revoke/",
			Body:   url.Values{"client_id": {"calendar"}, "client_secret": {p.secrets["calendar"]}, "token": {token}}.Encode(),
			Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		})
		require.Equal(p, 200, a.Status, a.Body)
		p.refused(p.with(token), 401, "Token has been revoked.", "revoked")
		require.Equal(p, 200, p.with(other).Status)

		p.change("calendar", func(a *store.Application) { a.IsActive = false })
		p.refused(p.with(other), 401, "Application is disabled.", "deactivated")
		p.change("calendar", func(a *store.Application) { a.IsActive = true })
		require.Equal(p, 200, p.with(other).Status)

		p.SwitchFlag("external_api", false)
		p.refused(p.with(other), 401, noCredentials, "the module that issues tokens is off")
		p.SwitchFlag("external_api", true)
		require.Equal(p, 200, p.with(other).Status)

		require.NoError(p, p.Store.DeleteApplication(p.Context(), p.apps["calendar"].ID))
		p.refused(p.with(other), 401, "Application not found.", "deleted")
	})
}

// Without a module that issues tokens, a gateway accepts none.
func TestApplicationToken_admits_nobody_where_no_module_issues_them(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		p := &programs{T: t, Gateway: g, ada: store.User{ID: uuid.New()}}
		p.refused(p.with(p.forged(jwt.SigningMethodHS256, []byte(issuing), nil)), 401, noCredentials, "a token")
		p.refused(p.with(p.forged(jwt.SigningMethodHS256, []byte{}, nil)), 401, noCredentials, "signed with nothing")
	})
}
