package moduletest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

func TestSecret_of_the_modules_section_admits_its_bearer(t *testing.T) {
	for config, admitted := range map[string]bool{"peer: {token: s3cret}\n": true, "peer: {token: other}\n": false, "peer: {token: ''}\n": false, "": false} {
		for _, process := range []bool{false, true} {
			g := moduletest.Start(t, moduletest.Case{New: newProbe, Config: config}, process)
			for bearer, right := range map[string]bool{"Bearer s3cret": true, "bearer  s3cret": true, "Bearer s3cre": false, "Bearer ": false, "Basic s3cret": false, "": false} {
				r := get("/probe/peer/")
				r.Header = http.Header{"Authorization": {bearer}}
				want := http.StatusUnauthorized
				if admitted && right {
					want = http.StatusOK
				}
				a := g.Send(t, r)
				require.Equal(t, want, a.Status, "%q shown to %q, process %t", bearer, config, process)
				require.NotContains(t, a.Body, "s3cret")
			}
		}
	}
}

// Tokens that the gateway has verified stay with the gateway.
func TestTokens_of_meetings_do_not_come_to_the_handler(t *testing.T) {
	const secret = "a secret of the media server, for tests"
	for _, process := range []bool{false, true} {
		g := moduletest.Start(t, moduletest.Case{
			New: newProbe, LiveKit: module.LiveKit{URL: "ws://127.0.0.1:1", APIKey: "key", APISecret: conf.NewSecret(secret)},
		}, process)
		owner, err := g.Store.CreateUser(t.Context(), store.User{Sub: new("ada"), IsActive: true})
		require.NoError(t, err)
		room, err := g.Store.CreateRoom(t.Context(), store.Room{Name: "Weekly", Slug: "weekly", AccessLevel: store.Public}, owner.ID)
		require.NoError(t, err)
		token, err := livekit.NewTokens("key", conf.NewSecret(secret)).Issue(livekit.TokenRequest{Room: room.ID.String(), Identity: "guest", TTL: time.Hour})
		require.NoError(t, err)
		for _, path := range []string{"/probe/meeting/weekly/", "/probe/meeting-or-not/weekly/"} {
			r := get(path)
			r.Header = http.Header{"Authorization": {"Bearer " + token}}
			a := g.Send(t, r)
			require.Equal(t, http.StatusOK, a.Status, a.Body)
			require.Contains(t, a.Body, `"identity":"guest"`)
			require.NotContains(t, a.Body, token)
		}
	}
}

func TestPage_sends_who_opens_it_to_sign_in_and_back(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		a := g.Send(t, get("/probe/page/?tab=2&q=%C3%A9"))
		require.Equal(t, http.StatusFound, a.Status)
		require.Equal(t, "http://HOST/api/v1.0/authenticate/?returnTo=http%3A%2F%2FHOST%2Fprobe%2Fpage%2F%3Ftab%3D2%26q%3D%25C3%25A9", a.Header.Get("Location"))
		r := get("/probe/page/")
		r.Caller = moduletest.Anybody()
		require.Equal(t, http.StatusOK, g.Send(t, r).Status)
	})
}
