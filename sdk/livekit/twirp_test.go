package livekit_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

func TestClient_takes_no_page_of_a_proxy_for_an_answer(t *testing.T) {
	for kind, body := range map[string]string{"text/html": "", "text/html; charset=utf-8": "<html>", "application/json": "{}", "text/plain": ""} {
		t.Run(kind+" "+body, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", kind)
				_, _ = io.WriteString(w, body)
			}))
			t.Cleanup(s.Close)
			c := livekit.NewClient(module.LiveKit{URL: s.URL, APIKey: "k", APISecret: secret})
			t.Cleanup(c.Close)
			_, err := c.ListRooms(t.Context(), "r")
			require.ErrorIs(t, err, livekit.ErrUnavailable)
			require.NotErrorIs(t, err, livekit.ErrNoHost)
		})
	}
}
