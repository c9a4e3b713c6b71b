package externalapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

// accessToken is an RFC 9068 token.
func (w *world) accessToken(app, person, scope string) string {
	w.Helper()
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": "lasuite-meet", "sub": w.people[person].ID.String(), "act": object{"sub": app}, "client_id": app, "jti": "one-" + app,
		"iat": time.Now().Unix() - 1, "nbf": time.Now().Unix() - 1, "exp": time.Now().Add(time.Hour).Unix(), "scope": scope,
	})
	t.Header["typ"] = "at+jwt"
	text, err := t.SignedString([]byte(appSecret))
	require.NoError(w, err)
	return text
}

func TestTokens_that_are_stolen_forged_or_over_are_refused(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{provider: true})
		const all = "rooms:list rooms:create rooms:retrieve"
		change := func(name string, value any) string {
			c := w.claims("calendar", "ada", all)
			if c[name] = value; value == nil {
				delete(c, name)
			}
			return signed(w, c, appSecret)
		}
		none, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims(w.claims("calendar", "ada", all))).SignedString(jwt.UnsafeAllowNoneSignatureType)
		require.NoError(t, err)
		longer, err := jwt.NewWithClaims(jwt.SigningMethodHS512, jwt.MapClaims(w.claims("calendar", "ada", all))).SignedString([]byte(appSecret))
		require.NoError(t, err)
		room, err := livekit.NewTokens(media.Key, conf.NewSecret(media.Secret)).Issue(livekit.TokenRequest{Room: "x", Identity: "ada", TTL: time.Hour})
		require.NoError(t, err)
		const inactive = `{"detail":"The token is not active."}` // what the provider says about tokens that are not its own
		for name, x := range map[string]struct {
			token  string
			status int
			body   string
		}{
			"none":                   {none, 400, inactive},
			"another algorithm":      {longer, 400, inactive},
			"another secret":         {signed(t, w.claims("calendar", "ada", all), "guessed"), 400, inactive},
			"of the media server":    {room, 400, inactive},
			"expired":                {change("exp", time.Now().Unix()-1), 401, `{"detail":"Token expired."}`},
			"of another issuer":      {change("iss", "x"), 401, `{"detail":"Invalid token."}`},
			"for somebody else":      {change("aud", "x"), 401, `{"detail":"Invalid token."}`},
			"of nobody":              {change("client_id", nil), 401, `{"detail":"Invalid token claims."}`},
			"of a disabled one":      {w.token("disabled", "ada", all), 401, `{"detail":"Application is disabled."}`},
			"of one that is gone":    {w.token("no-such", "ada", all), 401, `{"detail":"Application not found."}`},
			"for an inactive user":   {w.token("calendar", "gone", all), 401, `{"detail":"User account is disabled."}`},
			"for a deleted user":     {change("user_id", "0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b99"), 401, `{"detail":"User not found."}`},
			"not delegated":          {change("delegated", nil), 401, `{"detail":"Invalid token type."}`},
			"add-on's, inactive":     {w.addon("gone", all), 401, `{"detail":"User account is disabled."}`},
			"provider's, inactive":   {w.granted("office", "gone", all), 401, `{"detail":"User account is disabled."}`},
			"provider's, made up":    {"made-up", 400, inactive},
			"provider's, base scope": {w.granted("office", "ada", ""), 403, needs("rooms:list")},
			"of no scope":            {change("scope", nil), 403, `{"detail":"Insufficient permissions."}`},
		} {
			a := w.get(x.token, roomsPath)
			require.Equal(t, x.status, a.Status, "%s: %s", name, a.Body)
			require.Equal(t, x.body, a.Body, name)
			if x.status == 401 {
				require.Equal(t, "Bearer", a.Header.Get("WWW-Authenticate"), name)
			}
		}
		before := w.accessToken("calendar", "ada", all)
		w.get(before, roomsPath).json(200)
		require.NoError(t, w.store.RevokeToken(t.Context(), "one-calendar", time.Now().Add(time.Hour)))
		w.get(before, roomsPath).is(401, `{"detail":"Token has been revoked."}`)
		_, err = w.store.ChangeApplication(t.Context(), w.apps["calendar"].ID, func(a *store.Application) error { a.IsActive = false; return nil })
		require.NoError(t, err)
		w.get(w.token("calendar", "ada", all), roomsPath).is(401, `{"detail":"Application is disabled."}`)
	})
}

func TestTokens_of_one_kind_do_not_care_for_the_others(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{config: "application_enabled: false\n", provider: true})
		w.get(w.token("calendar", "ada", "rooms:list"), roomsPath).json(400) // introspected, but unknown
		w.get(w.addon("ada", "rooms:list"), roomsPath).json(200)
		w.get(w.granted("office", "ada", "rooms:list"), roomsPath).json(200)

		w = open(t, p, settings{config: "addons: {}\n"})
		w.get(w.token("calendar", "ada", "rooms:list"), roomsPath).json(200)
		for _, token := range []string{w.addon("ada", "rooms:list"), "opaque"} {
			w.get(token, roomsPath).is(401, `{"detail":"Resource Server is improperly configured"}`)
		}
		for header, want := range map[string]string{
			"": noCredentials, "Basic x": noCredentials, "Bearer": `{"detail":"Invalid token header."}`, "Bearer a b": `{"detail":"Invalid token header."}`,
		} {
			w.send("", http.MethodGet, roomsPath, nil, "Authorization", header).is(401, want)
		}
	})
}

func TestTokens_of_the_provider_make_the_account_they_are_about(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{provider: true})
		created := w.send(w.granted("office", "stranger", "rooms:create"), http.MethodPost, roomsPath, nil).json(201)
		u, err := w.store.UserBySub(t.Context(), "stranger")
		require.NoError(t, err)
		require.Nil(t, u.Email)
		require.Nil(t, u.FullName)
		require.True(t, u.IsActive)
		require.Equal(t, created["id"], w.get(w.granted("office", "stranger", "rooms:retrieve"), roomsPath+created["id"].(string)+"/").json(200)["id"])
		again, err := w.store.UserBySub(t.Context(), "stranger")
		require.NoError(t, err)
		require.Equal(t, u.ID, again.ID)
		for _, sub := range []string{"auth0|5f7c8ec7c33c6c004bbafe82", "f:8f2c:grace hopper", "https://id.example.org/?u=1", "q80+/7w=="} {
			w.get(w.granted("office", sub, "rooms:list"), roomsPath).json(200)
			_, err := w.store.UserBySub(t.Context(), sub)
			require.NoError(t, err, sub)
		}
		for _, sub := range []string{strings.Repeat("x", 256), "a\x00b"} {
			require.Contains(t, w.get(w.granted("office", sub, "rooms:list"), roomsPath).json(400), "sub")
		}
		w.op.Revoke("ada")
		require.NoError(t, w.op.Close())
		a := w.get(w.granted("office", "ada", "rooms:list"), roomsPath)
		require.Equal(t, 503, a.Status, a.Body)
		require.NotEmpty(t, a.Header.Get("Retry-After"))
	})
}

func TestTokens_of_the_provider_make_no_account_where_that_is_off(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{provider: true, closed: true})
		w.get(w.granted("office", "stranger", "rooms:list"), roomsPath).
			is(401, `{"detail":"Login failed: No user found for the given access token."}`)
		w.get(w.granted("office", "ada", "rooms:list"), roomsPath).json(200)
	})
}
