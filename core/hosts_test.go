package core_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/livekithook"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

// The allowed hosts are those that browsers use. LiveKit, the bucket, the summary
// service and the sign-in provider know the house by an internal name.
func TestHosts_are_asked_of_browsers_and_not_of_signed_calls(t *testing.T) {
	t.Parallel()
	box := coretest.NewPostbox(t)
	server := livekitdev.StartT(t, livekitdev.Options{WebhookURLs: []string{box.URL}})
	h := coretest.Open(t, coretest.Engines["sqlite"], coretest.Media(server), func(_ *testing.T, c *config.Config) {
		c.HTTP.AllowedHosts, c.HTTP.RedirectHTTPS = []string{"meet.example.org"}, true
	})
	box.Forward(h)
	token, err := livekit.NewTokens(server.Key, conf.NewSecret(server.Secret)).Issue(livekit.TokenRequest{
		Room: "weekly", Identity: "ada", Name: "Ada", TTL: time.Hour,
	})
	require.NoError(t, err)
	server.JoinT(t, token, nil)
	require.Equal(t, http.StatusOK, box.Await("room_started").Status)
	for call, refused := range map[string]bool{
		"GET /api/v1.0/config/": true, "POST /api/v1.0/rooms/": true, "GET /api/v1.0/authenticate/": true,
		"POST " + livekithook.Path: false, "POST /api/v1.0/backchannel-logout/": false, "GET " + coretest.MediaAuthPath: false,
		"POST " + coretest.RecordingsPath + "storage-hook/": false, "POST " + coretest.RecordingsPath + "external-process-hook/": false,
	} {
		method, path, _ := strings.Cut(call, " ")
		req, err := http.NewRequestWithContext(t.Context(), method, h.URL+path, nil)
		require.NoError(t, err)
		req.Header.Set("Accept", "text/plain")            // Accept is not checked either
		resp, err := http.DefaultTransport.RoundTrip(req) // the document does not describe this answer
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, refused, string(body) == `{"detail":"Invalid Host header."}`, "%s: %d %s", path, resp.StatusCode, body)
		require.NotContains(t, []int{http.StatusMovedPermanently, http.StatusNotAcceptable}, resp.StatusCode, path)
	}
	require.Contains(t, h.Logs.String(), `"host":"127.0.0.1","setting":"http.allowed_hosts"`)
}
