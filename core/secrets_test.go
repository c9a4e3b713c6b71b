package core_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/core/livekithook"
	"foyer/internal/dev/oidcdev"
)

// Every test of the house fails if anything secret was logged; this one covers failures,
// at the most verbose level.
func TestLog_of_failures_shows_no_secret_and_no_token(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine) // nothing answers at the media server's address
		ada := h.SignIn("ada")
		room := ada.Create(coretest.Object{"name": "Weekly"})
		token := ada.Get("/api/v1.0/rooms/weekly/").Token()

		a := h.SubtitlesOf("weekly", token)
		a.Is(http.StatusInternalServerError, `{"error":"Subtitles failed to start for room weekly"}`)
		ada.Send(http.MethodPatch, "/api/v1.0/rooms/weekly/", coretest.Object{"access_level": "restricted"})
		h.SubtitlesOf("weekly", token+"x")
		h.Anonymous().Send(http.MethodPost, livekithook.Path, `{"event":"room_started"}`, "Authorization", token)
		ada.Send(http.MethodPost, "/api/v1.0/rooms/", `{"name":"`+token, "X-CSRFToken", strings.Repeat("b", 32))
		ada.Send(http.MethodPost, "/api/v1.0/rooms/", `{"name":"`+token)
		h.Anonymous().Get("/api/v1.0/callback/?code=a-code-that-leaked&state=a-state-that-leaked")
		h.Logs.KeepOut("a-code-that-leaked")
		h.Logs.KeepOut("a-state-that-leaked")

		h.Provider.Misbehave(oidcdev.Faults{TokenStatus: http.StatusInternalServerError})
		failSignIn(h, "grace")
		h.Provider.Misbehave(oidcdev.Faults{InfoStatus: http.StatusInternalServerError})
		failSignIn(h, "grace")
		h.Provider.Misbehave(oidcdev.Faults{IDToken: func(claims map[string]any) { claims["aud"] = "somebody else" }})
		failSignIn(h, "grace")
		h.Provider.Misbehave(oidcdev.Faults{})

		ada.Get("/api/v1.0/logout/")
		require.Equal(t, http.StatusUnauthorized, ada.Get("/api/v1.0/users/me/").Status)

		text := h.Logs.String()
		for _, said := range []string{"/api/v1.0/rooms/:room/start-subtitle/", "/api/v1.0/callback/", "room metadata not synchronised", room["id"].(string)} {
			require.Contains(t, text, said, "the failure was not logged, so nothing was checked")
		}
		require.Empty(t, h.Logs.Leaked(h.Provider, h.Config))
	})
}

func TestLog_check_finds_what_leaks(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	ada.Create(coretest.Object{"name": "Weekly"})
	signature := ada.Get("/api/v1.0/rooms/weekly/").Token()
	signature = signature[strings.LastIndex(signature, ".")+1:]
	for name, secret := range map[string]string{
		"session": ada.Cookie("sessionid"), "csrf": ada.Cookie("csrftoken"), "token": signature,
		"media server": coretest.MediaSecret, "provider": h.Provider.Secret, "code": h.Provider.Requests("/oauth/token")[0].Form.Get("code"),
	} {
		require.NotEmpty(t, secret, name)
		leaky := &coretest.Logs{Secrets: h.Logs.Secrets}
		_, err := leaky.Write([]byte("a line with " + secret))
		require.NoError(t, err)
		require.NotEmpty(t, leaky.Leaked(h.Provider, h.Config), name)
	}
}

// failSignIn signs in at a provider that fails: the browser comes back without an
// account.
func failSignIn(h *coretest.House, user string) {
	h.Helper()
	b := h.Anonymous()
	b.Get("/api/v1.0/authenticate/?login_hint=" + user + "&returnTo=" + url.QueryEscape("/__lbheartbeat__"))
	require.Equal(h, http.StatusUnauthorized, b.Get("/api/v1.0/users/me/").Status)
}
