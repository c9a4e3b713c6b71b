package core_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/livekithook"
	"foyer/internal/dev/oidcdev"
)

// Every test of the house fails if anything secret was logged; this one covers failures,
// at the most verbose level.
func TestLog_of_failures_shows_no_secret_and_no_token(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine) // nothing answers at the media server's address
		ada := h.signIn("ada")
		room := ada.create(object{"name": "Weekly"})
		token := ada.get("/api/v1.0/rooms/weekly/").token()

		a := h.subtitlesOf("weekly", token)
		a.is(http.StatusInternalServerError, `{"error":"Subtitles failed to start for room weekly"}`)
		ada.send(http.MethodPatch, "/api/v1.0/rooms/weekly/", object{"access_level": "restricted"})
		h.subtitlesOf("weekly", token+"x")
		h.anonymous().send(http.MethodPost, livekithook.Path, `{"event":"room_started"}`, "Authorization", token)
		ada.send(http.MethodPost, "/api/v1.0/rooms/", `{"name":"`+token, "X-CSRFToken", strings.Repeat("b", 32))
		ada.send(http.MethodPost, "/api/v1.0/rooms/", `{"name":"`+token)
		h.anonymous().get("/api/v1.0/callback/?code=a-code-that-leaked&state=a-state-that-leaked")
		h.logs.keepOut("a-code-that-leaked")
		h.logs.keepOut("a-state-that-leaked")

		h.op.Misbehave(oidcdev.Faults{TokenStatus: http.StatusInternalServerError})
		h.failSignIn("grace")
		h.op.Misbehave(oidcdev.Faults{InfoStatus: http.StatusInternalServerError})
		h.failSignIn("grace")
		h.op.Misbehave(oidcdev.Faults{IDToken: func(claims map[string]any) { claims["aud"] = "somebody else" }})
		h.failSignIn("grace")
		h.op.Misbehave(oidcdev.Faults{})

		ada.get("/api/v1.0/logout/")
		require.Equal(t, http.StatusUnauthorized, ada.get("/api/v1.0/users/me/").status)

		text := h.logs.String()
		for _, said := range []string{"/api/v1.0/rooms/:room/start-subtitle/", "/api/v1.0/callback/", "room metadata not synchronised", room["id"].(string)} {
			require.Contains(t, text, said, "the failure was not logged, so nothing was checked")
		}
		require.Empty(t, h.logs.leaked(h.op, h.cfg))
	})
}

func TestLog_check_finds_what_leaks(t *testing.T) {
	h := open(t, engines["sqlite"])
	ada := h.signIn("ada")
	ada.create(object{"name": "Weekly"})
	signature := ada.get("/api/v1.0/rooms/weekly/").token()
	signature = signature[strings.LastIndex(signature, ".")+1:]
	for name, secret := range map[string]string{
		"session": ada.cookie("sessionid"), "csrf": ada.cookie("csrftoken"), "token": signature,
		"media server": mediaSecret, "provider": h.op.Secret, "code": h.op.Requests("/oauth/token")[0].Form.Get("code"),
	} {
		require.NotEmpty(t, secret, name)
		leaky := &logs{secrets: h.logs.secrets}
		_, err := leaky.Write([]byte("a line with " + secret))
		require.NoError(t, err)
		require.NotEmpty(t, leaky.leaked(h.op, h.cfg), name)
	}
}

// failSignIn signs in at a provider that fails: the browser comes back without an
// account.
func (h *house) failSignIn(user string) {
	h.Helper()
	b := h.anonymous()
	b.get("/api/v1.0/authenticate/?login_hint=" + user + "&returnTo=" + url.QueryEscape("/__lbheartbeat__"))
	require.Equal(h, http.StatusUnauthorized, b.get("/api/v1.0/users/me/").status)
}
