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

const testPath = "/api/v1.0/diagnostics/connection/"

// tested begins a connection test and returns its entry.
func (b *browser) tested() answer {
	b.h.Helper()
	a := b.send(http.MethodPost, testPath, nil)
	require.Equal(b.h, 200, a.status, a.body)
	return a
}

func TestConnectionTest_gives_everybody_a_room_of_their_own(t *testing.T) {
	h := open(t, engines["sqlite"])
	guest, ada := h.anonymous(), h.signIn("ada")
	first, second, hers := guest.tested(), guest.tested(), ada.tested()
	for _, a := range []answer{first, second, hers} {
		entry := a.livekit()
		require.Len(t, entry, 4)
		require.Equal(t, h.cfg.LiveKit.URL, entry["url"])
		require.EqualValues(t, 300, entry["expires_in"])
		id, named := strings.CutPrefix(entry["room"].(string), "connection-test-")
		require.True(t, named)
		require.NoError(t, uuid.Validate(id))
		claims := a.claims()
		require.EqualValues(t, 300, claims["exp"].(float64)-claims["nbf"].(float64))
		video := claims["video"].(object)
		require.Equal(t, entry["room"], video["room"])
		require.Equal(t, false, video["roomAdmin"])
		require.Equal(t, []any{"camera", "microphone", "screen_share", "screen_share_audio"}, video["canPublishSources"])
		require.Equal(t, "Connection Test", claims["name"])
	}
	require.NotEqual(t, first.livekit()["room"], second.livekit()["room"])
	require.NotEqual(t, first.claims()["sub"], second.claims()["sub"])
	require.Equal(t, "ada", hers.claims()["sub"])
	require.Equal(t, "true", hers.claims()["attributes"].(object)["is_authenticated"])

	guest.send(http.MethodPost, testPath, "no JSON", "Content-Type", "application/octet-stream")
	guest.get(testPath).is(405, `{"detail":"Method \"GET\" not allowed."}`)
	ada.send(http.MethodPost, testPath, nil, "X-CSRFToken", "").is(403, `{"detail":"CSRF Failed: CSRF token missing."}`)
}

func TestConnectionTest_keeps_the_account_s_name_where_names_are_not_chosen(t *testing.T) {
	h := open(t, engines["sqlite"], func(_ *testing.T, c *config.Config) {
		c.Rooms.EditDisplayName, c.Diagnostics.TokenTTL = false, time.Minute
	})
	ada := h.signIn("ada").tested()
	require.Equal(t, "Ada Lane", ada.claims()["name"])
	require.EqualValues(t, 60, ada.livekit()["expires_in"])
	require.Equal(t, "Connection Test", h.anonymous().tested().claims()["name"])
}

func TestConnectionTest_off_is_an_unknown_path_and_told_so(t *testing.T) {
	h := open(t, engines["sqlite"])
	told := func() any {
		return h.anonymous().get("/api/v1.0/config/").json()["diagnostics"].(object)["connection_test_enabled"]
	}
	require.Equal(t, true, told())
	off, _, err := config.Load(config.Source{Modules: modules})
	require.NoError(t, err)
	h.app.Apply(off)
	require.Eventually(t, func() bool { return told() == false }, waitLong, waitShort)
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		h.anonymous().send(method, testPath, nil).is(404, `{"detail":"Not found."}`)
	}
}

func TestConnectionTest_counts_everybody_once(t *testing.T) {
	h := open(t, engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Throttles.ConnectionTest = "3/day" })
	guest, ada := h.anonymous(), h.signIn("ada")
	for range 3 {
		guest.tested()
		ada.tested()
	}
	for _, b := range []*browser{guest, ada} {
		a := b.send(http.MethodPost, testPath, nil)
		require.Equal(t, 429, a.status)
		require.NotEmpty(t, a.header.Get("Retry-After"))
	}
	h.signIn("grace").tested()
}

func TestConnectionTest_without_a_media_server(t *testing.T) {
	h := open(t, engines["sqlite"], func(_ *testing.T, c *config.Config) {
		c.LiveKit.URL, c.LiveKit.APIKey, c.LiveKit.APISecret = "", "", conf.Secret{}
	})
	h.anonymous().send(http.MethodPost, testPath, nil).is(503, `{"detail":"LiveKit is not configured."}`)
}

// The test joins a real room, which a job ends once its token has expired, although
// somebody is still in it.
func TestConnectionTest_ends_its_room(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		server := livekitdev.StartT(t, livekitdev.Options{})
		h := open(t, engine, media(server), func(_ *testing.T, c *config.Config) {
			c.Diagnostics.TokenTTL, c.Diagnostics.RoomExtraAge = 15*time.Second, time.Second // long enough to join
		})
		h.anonymous().tested() // nobody joins, so there is nothing to end
		a := h.anonymous().tested()
		ended := make(chan struct{})
		server.JoinT(t, a.livekit()["token"].(string), &lksdk.RoomCallback{OnDisconnected: func() { close(ended) }})
		live := livekit.NewClient(module.LiveKit{URL: server.URL, APIKey: server.Key, APISecret: conf.NewSecret(server.Secret)})
		defer live.Close()
		rooms, err := live.ListRooms(t.Context(), a.livekit()["room"].(string))
		require.NoError(t, err)
		require.Len(t, rooms, 1)
		select {
		case <-ended:
		case <-time.After(60 * time.Second):
			t.Fatal("the room was not ended")
		}
		require.NotContains(t, h.logs.String(), "job failed")
		require.NotContains(t, h.logs.String(), "job given up")
	})
}
