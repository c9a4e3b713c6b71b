package core_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

const TestPath = "/api/v1.0/diagnostics/connection/"

// tested begins a connection test and returns its entry.
func (b *Browser) tested() Answer {
	b.House.Helper()
	a := b.Send(http.MethodPost, TestPath, nil)
	require.Equal(b.House, 200, a.Status, a.Body)
	return a
}

func TestConnectionTest_gives_everybody_a_room_of_their_own(t *testing.T) {
	h := Open(t, Engines["sqlite"])
	guest, ada := h.Anonymous(), h.SignIn("ada")
	first, second, hers := guest.tested(), guest.tested(), ada.tested()
	for _, a := range []Answer{first, second, hers} {
		entry := a.Livekit()
		require.Len(t, entry, 4)
		require.Equal(t, h.Config.LiveKit.URL, entry["url"])
		require.EqualValues(t, 300, entry["expires_in"])
		id, named := strings.CutPrefix(entry["room"].(string), "connection-test-")
		require.True(t, named)
		require.NoError(t, uuid.Validate(id))
		claims := a.Claims()
		require.EqualValues(t, 300, claims["exp"].(float64)-claims["nbf"].(float64))
		video := claims["video"].(Object)
		require.Equal(t, entry["room"], video["room"])
		require.Equal(t, false, video["roomAdmin"])
		require.Equal(t, []any{"camera", "microphone", "screen_share", "screen_share_audio"}, video["canPublishSources"])
		require.Equal(t, "Connection Test", claims["name"])
	}
	require.NotEqual(t, first.Livekit()["room"], second.Livekit()["room"])
	require.NotEqual(t, first.Claims()["sub"], second.Claims()["sub"])
	require.Equal(t, "ada", hers.Claims()["sub"])
	require.Equal(t, "true", hers.Claims()["attributes"].(Object)["is_authenticated"])

	guest.Send(http.MethodPost, TestPath, "no JSON", "Content-Type", "application/octet-stream")
	guest.Get(TestPath).Is(405, `{"detail":"Method \"GET\" not allowed."}`)
	ada.Send(http.MethodPost, TestPath, nil, "X-CSRFToken", "").Is(403, `{"detail":"CSRF Failed: CSRF token missing."}`)
}

func TestConnectionTest_keeps_the_account_s_name_where_names_are_not_chosen(t *testing.T) {
	h := Open(t, Engines["sqlite"], func(_ *testing.T, c *config.Config) {
		c.Rooms.EditDisplayName, c.Diagnostics.TokenTTL = false, time.Minute
	})
	ada := h.SignIn("ada").tested()
	require.Equal(t, "Ada Lane", ada.Claims()["name"])
	require.EqualValues(t, 60, ada.Livekit()["expires_in"])
	require.Equal(t, "Connection Test", h.Anonymous().tested().Claims()["name"])
}

func TestConnectionTest_off_is_an_unknown_path_and_told_so(t *testing.T) {
	h := Open(t, Engines["sqlite"])
	told := func() any {
		return h.Anonymous().Get("/api/v1.0/config/").JSON()["diagnostics"].(Object)["connection_test_enabled"]
	}
	require.Equal(t, true, told())
	off, _, err := config.Load(config.Source{Modules: Modules})
	require.NoError(t, err)
	h.App.Apply(off)
	require.Eventually(t, func() bool { return told() == false }, WaitLong, WaitShort)
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		h.Anonymous().Send(method, TestPath, nil).Is(404, `{"detail":"Not found."}`)
	}
}

func TestConnectionTest_counts_everybody_once(t *testing.T) {
	h := Open(t, Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Throttles.ConnectionTest = "3/day" })
	guest, ada := h.Anonymous(), h.SignIn("ada")
	for range 3 {
		guest.tested()
		ada.tested()
	}
	for _, b := range []*Browser{guest, ada} {
		a := b.Send(http.MethodPost, TestPath, nil)
		require.Equal(t, 429, a.Status)
		require.NotEmpty(t, a.Header.Get("Retry-After"))
	}
	h.SignIn("grace").tested()
}

func TestConnectionTest_without_a_media_server(t *testing.T) {
	h := Open(t, Engines["sqlite"], func(_ *testing.T, c *config.Config) {
		c.LiveKit.URL, c.LiveKit.APIKey, c.LiveKit.APISecret = "", "", conf.Secret{}
	})
	h.Anonymous().Send(http.MethodPost, TestPath, nil).Is(503, `{"detail":"LiveKit is not configured."}`)
}

// The test joins a real room, which a job ends once its token has expired, although
// somebody is still in it.
func TestConnectionTest_ends_its_room(t *testing.T) {
	OnBoth(t, func(t *testing.T, engine Setting) {
		server := livekitdev.StartT(t, livekitdev.Options{})
		h := Open(t, engine, Media(server), func(_ *testing.T, c *config.Config) {
			c.Diagnostics.TokenTTL, c.Diagnostics.RoomExtraAge = 15*time.Second, time.Second // long enough to join
		})
		h.Anonymous().tested() // nobody joins, so there is nothing to end
		a := h.Anonymous().tested()
		ended := make(chan struct{})
		server.JoinT(t, a.Livekit()["token"].(string), &lksdk.RoomCallback{OnDisconnected: func() { close(ended) }})
		live := livekit.NewClient(module.LiveKit{URL: server.URL, APIKey: server.Key, APISecret: conf.NewSecret(server.Secret)})
		defer live.Close()
		rooms, err := live.ListRooms(t.Context(), a.Livekit()["room"].(string))
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
