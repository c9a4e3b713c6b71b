package externalapi_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// everyScope is every scope a token can have.
const everyScope = "rooms:list rooms:list:all rooms:retrieve rooms:create rooms:update rooms:delete"

// noGood returns bearers that have every scope and yet open nothing.
func (w *world) noGood() map[string]string {
	w.Helper()
	claims := func(changes object) object {
		c := w.claims("calendar", "ada", everyScope)
		for name, value := range changes {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}
		return c
	}
	otherwise := func(method jwt.SigningMethod, key any) string {
		text, err := jwt.NewWithClaims(method, jwt.MapClaims(claims(nil))).SignedString(key)
		require.NoError(w, err)
		return text
	}
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(w, err)
	room, err := livekit.NewTokens(media.Key, conf.NewSecret(media.Secret)).Issue(livekit.TokenRequest{Room: "x", Identity: "ada", TTL: time.Hour})
	require.NoError(w, err)
	withClient := claims(object{"aud": "addons"})
	withoutClient := claims(object{"client_id": nil, "delegated": nil, "aud": "addons"})
	now := time.Now().Unix()
	return map[string]string{
		"of no algorithm":                  otherwise(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"of another algorithm":             otherwise(jwt.SigningMethodHS512, []byte(appSecret)),
		"of an asymmetric one":             otherwise(jwt.SigningMethodRS256, private),
		"of a guessed secret":              signed(w, claims(nil), "guessed"),
		"of an empty secret":               otherwise(jwt.SigningMethodHS256, []byte{}),
		"of the media server":              room,
		"of that one's secret":             signed(w, claims(nil), media.Secret),
		"an application's, by an add-on":   signed(w, withClient, addonsSecret),
		"an add-on's, by an application":   signed(w, withoutClient, appSecret),
		"an add-on's that has ended":       signed(w, merged(withoutClient, "exp", now-1), addonsSecret),
		"an add-on's, inactive user":       w.addon("gone", everyScope),
		"expired":                          signed(w, claims(object{"exp": now - 1}), appSecret),
		"without end":                      signed(w, claims(object{"exp": nil}), appSecret),
		"not yet valid":                    signed(w, claims(object{"nbf": now + 3600}), appSecret),
		"of another issuer":                signed(w, claims(object{"iss": "x"}), appSecret),
		"for somebody else":                signed(w, claims(object{"aud": "x"}), appSecret),
		"not delegated":                    signed(w, claims(object{"delegated": false}), appSecret),
		"of two applications":              signed(w, claims(object{"act": object{"sub": "planner"}}), appSecret),
		"of a disabled application":        w.token("disabled", "ada", everyScope),
		"of a deleted application":         w.token(w.deleted(), "ada", everyScope),
		"for a user who is not active":     w.token("calendar", "gone", everyScope),
		"for a user who was deleted":       signed(w, claims(object{"user_id": uuid.NewString()}), appSecret),
		"for nobody":                       signed(w, claims(object{"user_id": nil}), appSecret),
		"that was revoked":                 w.revoked(),
		"of the provider, which is not on": "opaque",
		"a secret itself":                  appSecret,
	}
}

// merged returns a copy with one value replaced.
func merged(o object, name string, value any) object {
	c := object{name: value}
	for k, v := range o {
		if k != name {
			c[k] = v
		}
	}
	return c
}

// deleted returns the client id of a deleted application.
func (w *world) deleted() string {
	a, err := w.store.CreateApplication(w.Context(), store.Application{
		Name: "deleted", ClientID: "deleted", IsActive: true, Secrets: []store.ApplicationSecret{{Hash: "!"}},
	})
	require.NoError(w, err)
	require.NoError(w, w.store.DeleteApplication(w.Context(), a.ID))
	return a.ClientID
}

// revoked returns a token that was valid until it was revoked.
func (w *world) revoked() string {
	token := w.accessToken("planner", "ada", everyScope)
	w.get(token, roomsPath).json(http.StatusOK)
	require.NoError(w, w.store.RevokeToken(w.Context(), "one-planner", time.Now().Add(time.Hour)))
	return token
}

// None of the bearers opens anything, and nothing changes.
func TestMatrix_of_every_verb_by_every_bearer_that_is_no_good(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{flags: withSpaces.flags})
		room := w.create("calendar", "ada", nil)
		before, err := w.store.RoomByID(t.Context(), uuid.MustParse(room["id"].(string)), w.people["ada"].ID)
		require.NoError(t, err)
		for kind, token := range w.noGood() {
			for name, v := range verbs() {
				a := v.send(w, token, room)
				require.Equal(t, http.StatusUnauthorized, a.Status, "%s: %s gives %s", kind, name, a.Body)
				require.Equal(t, "Bearer", a.Header.Get("WWW-Authenticate"), "%s: %s", kind, name)
			}
		}
		w.bound("calendar", "192.0.2.0/24")
		for name, v := range verbs() {
			a := v.send(w, w.token("calendar", "ada", everyScope), room)
			require.Equal(t, http.StatusForbidden, a.Status, "from another network: %s gives %s", name, a.Body)
		}
		w.bound("calendar", "127.0.0.0/8", "::1/128")
		after, err := w.store.RoomByID(t.Context(), before.ID, w.people["ada"].ID)
		require.NoError(t, err)
		require.Equal(t, before, after)
		require.EqualValues(t, 1, w.get(w.token("calendar", "ada", "rooms:list"), roomsPath).json(http.StatusOK)["count"])
	})
}

// bound restricts an application to the given networks.
func (w *world) bound(app string, networks ...string) {
	w.Helper()
	_, err := w.store.ChangeApplication(w.Context(), w.apps[app].ID, func(a *store.Application) error { a.Addresses = networks; return nil })
	require.NoError(w, err)
}

// A browser that is signed in, or holds a meeting token, has no access here.
func TestMatrix_of_every_path_by_a_browser(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, settings{flags: withSpaces.flags})
		room := w.create("calendar", "ada", nil)
		id := room["id"].(string)
		ada := w.people["ada"]
		for method, paths := range map[string][]string{
			http.MethodGet:    {roomsPath, roomsPath + id + "/", spacesPath + id},
			http.MethodPost:   {roomsPath, spacesPath, spacesPath + id + ":endActiveConference"},
			http.MethodPut:    {roomsPath + id + "/"},
			http.MethodPatch:  {roomsPath + id + "/", spacesPath + id},
			http.MethodDelete: {roomsPath + id + "/"},
		} {
			for _, path := range paths {
				for name, caller := range map[string]module.Caller{
					"signed in":    {UserID: ada.ID, Sub: "ada"},
					"in a meeting": {Token: &module.TokenClaims{Identity: "ada", Room: id}, Room: &module.RoomRef{ID: uuid.MustParse(id)}},
				} {
					a := w.gateway.Send(t, moduletest.Request{Method: method, Path: path, Caller: &caller})
					require.Equal(t, http.StatusUnauthorized, a.Status, "%s: %s %s gives %s", name, method, path, a.Body)
				}
			}
		}
	})
}
