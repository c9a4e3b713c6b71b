package diagnostics_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// tested begins a connection test and returns its entry.
func tested(b *coretest.Browser) coretest.Answer {
	b.House.Helper()
	a := b.Send(http.MethodPost, coretest.TestPath, nil)
	require.Equal(b.House, 200, a.Status, a.Body)
	return a
}

func TestConnectionTest_gives_everybody_a_room_of_their_own(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	guest, ada := h.Anonymous(), h.SignIn("ada")
	first, second, hers := tested(guest), tested(guest), tested(ada)
	for _, a := range []coretest.Answer{first, second, hers} {
		entry := a.LiveKit()
		require.Len(t, entry, 4)
		require.Equal(t, h.Config.LiveKit.URL, entry["url"])
		require.EqualValues(t, 300, entry["expires_in"])
		id, named := strings.CutPrefix(entry["room"].(string), "connection-test-")
		require.True(t, named)
		require.NoError(t, uuid.Validate(id))
		claims := a.Claims()
		require.EqualValues(t, 300, claims["exp"].(float64)-claims["nbf"].(float64))
		video := claims["video"].(coretest.Object)
		require.Equal(t, entry["room"], video["room"])
		require.Equal(t, false, video["roomAdmin"])
		require.Equal(t, []any{"camera", "microphone", "screen_share", "screen_share_audio"}, video["canPublishSources"])
		require.Equal(t, "Connection Test", claims["name"])
	}
	require.NotEqual(t, first.LiveKit()["room"], second.LiveKit()["room"])
	require.NotEqual(t, first.Claims()["sub"], second.Claims()["sub"])
	require.Equal(t, "ada", hers.Claims()["sub"])
	require.Equal(t, "true", hers.Claims()["attributes"].(coretest.Object)["is_authenticated"])

	guest.Send(http.MethodPost, coretest.TestPath, "no JSON", "Content-Type", "application/octet-stream")
	guest.Get(coretest.TestPath).Is(405, `{"detail":"Method \"GET\" not allowed."}`)
	ada.Send(http.MethodPost, coretest.TestPath, nil, "X-CSRFToken", "").Is(403, `{"detail":"CSRF Failed: CSRF token missing."}`)
}

func TestConnectionTest_keeps_the_account_s_name_where_names_are_not_chosen(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) {
		c.Rooms.EditDisplayName, c.Diagnostics.TokenTTL = false, time.Minute
	})
	ada := tested(h.SignIn("ada"))
	require.Equal(t, "Ada Lane", ada.Claims()["name"])
	require.EqualValues(t, 60, ada.LiveKit()["expires_in"])
	require.Equal(t, "Connection Test", tested(h.Anonymous()).Claims()["name"])
}

func TestConnectionTest_off_is_an_unknown_path_and_told_so(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	told := func() any {
		return h.Anonymous().Get("/api/v1.0/config/").JSON()["diagnostics"].(coretest.Object)["connection_test_enabled"]
	}
	require.Equal(t, true, told())
	off, _, err := config.Load(config.Source{Modules: coretest.Modules})
	require.NoError(t, err)
	h.App.Apply(off)
	require.Eventually(t, func() bool { return told() == false }, coretest.WaitLong, coretest.WaitShort)
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		h.Anonymous().Send(method, coretest.TestPath, nil).Is(404, `{"detail":"Not found."}`)
	}
}

func TestConnectionTest_counts_everybody_once(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Throttles.ConnectionTest = "3/day" })
	guest, ada := h.Anonymous(), h.SignIn("ada")
	for range 3 {
		tested(guest)
		tested(ada)
	}
	for _, b := range []*coretest.Browser{guest, ada} {
		a := b.Send(http.MethodPost, coretest.TestPath, nil)
		require.Equal(t, 429, a.Status)
		require.NotEmpty(t, a.Header.Get("Retry-After"))
	}
	tested(h.SignIn("grace"))
}

func TestConnectionTest_without_a_media_server(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) {
		c.LiveKit.URL, c.LiveKit.APIKey, c.LiveKit.APISecret = "", "", conf.Secret{}
	})
	h.Anonymous().Send(http.MethodPost, coretest.TestPath, nil).Is(503, `{"detail":"LiveKit is not configured."}`)
}

// The test joins a real room, which a job ends once its token has expired, although
// somebody is still in it.
func TestConnectionTest_ends_its_room(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		server := livekitdev.StartT(t, livekitdev.Options{})
		h := coretest.Open(t, engine, coretest.Media(server), func(_ *testing.T, c *config.Config) {
			c.Diagnostics.TokenTTL, c.Diagnostics.RoomExtraAge = 15*time.Second, time.Second // long enough to join
		})
		tested(h.Anonymous()) // nobody joins, so there is nothing to end
		a := tested(h.Anonymous())
		ended := make(chan struct{})
		server.JoinT(t, a.LiveKit()["token"].(string), &lksdk.RoomCallback{OnDisconnected: func() { close(ended) }})
		live := livekit.NewClient(module.LiveKit{URL: server.URL, APIKey: server.Key, APISecret: conf.NewSecret(server.Secret)})
		defer live.Close()
		rooms, err := live.ListRooms(t.Context(), a.LiveKit()["room"].(string))
		require.NoError(t, err)
		require.Len(t, rooms, 1)
		select {
		case <-ended:
		case <-time.After(60 * time.Second):
			t.Fatal("the room was not ended")
		}
		require.NotContains(t, h.Logs.String(), "job failed")
		require.NotContains(t, h.Logs.String(), "job given up")
	})
}
