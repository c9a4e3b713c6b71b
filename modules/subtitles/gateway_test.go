package subtitles_test

import (
	"net/http"
	"sync"
	"testing"

	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/agentdev"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
)

const agentName = "multi-user-transcriber"

func TestSubtitles_bring_one_agent_however_many_ask_at_two_gateways(t *testing.T) {
	t.Parallel()
	server := livekitdev.StartT(t, livekitdev.Options{})
	worker := agentdev.StartT(t, agentdev.Options{URL: server.URL, Key: server.Key, Secret: server.Secret, Agent: agentName})
	first := coretest.Open(t, coretest.Engines["postgres"], coretest.Media(server))
	second := coretest.Open(t, coretest.Media(server), func(_ *testing.T, c *config.Config) {
		c.Database, c.Secrets = first.Config.Database, first.Config.Secrets
		c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.ClientSecret = first.Provider.Issuer, first.Provider.ClientID, conf.NewSecret(first.Provider.Secret)
	})
	room := first.SignIn("ada").Create(coretest.Object{"name": "Talk"})
	id := room["id"].(string)
	token := first.Anonymous().Get("/api/v1.0/rooms/talk/").Token()

	first.SubtitlesOf(id, token).Is(http.StatusNotFound, `{"detail":"No live meeting in this room."}`)
	server.JoinT(t, token, nil)

	answers := make([]coretest.Answer, 20)
	var calls sync.WaitGroup
	for i := range answers {
		calls.Go(func() {
			h := []*coretest.House{first, second}[i%2]
			answers[i] = h.SubtitlesOf([]string{id, "talk"}[i/2%2], token)
		})
	}
	calls.Wait()
	for _, a := range answers {
		a.Is(http.StatusOK, `{"status":"success"}`)
	}
	job := worker.Next(t)
	require.NoError(t, job.JoinErr)
	require.Equal(t, id, job.Room)
	require.Equal(t, agentName, job.Agent)
	require.Empty(t, job.Metadata)
	require.Empty(t, job.Attributes)

	second.SubtitlesOf(id, token).Is(http.StatusOK, `{"status":"success"}`)
	list, err := lksdk.NewAgentDispatchServiceClient(server.HTTPURL(), server.Key, server.Secret).
		ListDispatch(t.Context(), &lkproto.ListAgentDispatchRequest{Room: id})
	require.NoError(t, err)
	var ours int
	for _, d := range list.GetAgentDispatches() {
		if d.GetAgentName() == agentName {
			ours++
		}
	}
	require.Equal(t, 1, ours)
	worker.Stop()
	_, more := <-worker.Jobs()
	require.False(t, more, "the agent was given a second job")
}

func TestSubtitles_are_for_participants_of_the_room(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	ada.Create(coretest.Object{"name": "One"})
	ada.Create(coretest.Object{"name": "Two"})
	two := h.Anonymous().Get("/api/v1.0/rooms/two/").Token()
	const path = "/api/v1.0/rooms/one/start-subtitle/"
	h.SubtitlesOf("one", two).Is(http.StatusForbidden, coretest.Forbidden)
	h.SubtitlesOf("one", "junk").Is(http.StatusForbidden, `{"detail":"Invalid LiveKit token: Not enough segments"}`)
	h.SubtitlesOf("nowhere", two).Is(http.StatusNotFound, coretest.NoRoom)
	a := ada.Send(http.MethodPost, path, nil)
	a.Is(http.StatusForbidden, coretest.NoCredentials)
	require.Empty(t, a.Header.Get("WWW-Authenticate"))
	const form = `{"detail":"Authorization header must be: Bearer <token>"}`
	h.Anonymous().Send(http.MethodPost, path, nil, "Authorization", two).Is(http.StatusForbidden, form)
	h.Anonymous().Send(http.MethodPost, path, nil, "Authorization", "Basic "+two).Is(http.StatusForbidden, form)
}

func TestSubtitles_when_off_are_a_path_that_does_not_exist(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], func(t *testing.T, c *config.Config) {
		off, _, err := config.Load(config.Source{Modules: coretest.Modules})
		require.NoError(t, err)
		c.Modules = off.Modules
	})
	h.SignIn("ada").Create(coretest.Object{"name": "One"})
	token := h.Anonymous().Get("/api/v1.0/rooms/one/").Token()
	unknown := h.Anonymous().Send(http.MethodPost, "/api/v1.0/rooms/one/no-such-thing/", nil)
	require.Equal(t, http.StatusNotFound, unknown.Status)
	for _, a := range []coretest.Answer{
		h.SubtitlesOf("one", token), h.SubtitlesOf("one", "junk"), h.SubtitlesOf("nowhere", token),
		h.Anonymous().Get("/api/v1.0/rooms/one/start-subtitle/"),
	} {
		a.Is(unknown.Status, unknown.Body)
		for _, name := range []string{"Date", "X-Request-Id"} {
			a.Header.Del(name)
			unknown.Header.Del(name)
		}
		require.Equal(t, unknown.Header, a.Header)
	}
	require.Equal(t, coretest.Object{"enabled": false}, h.Anonymous().Get("/api/v1.0/config/").JSON()["subtitle"])
}

func TestSubtitles_are_advertised_when_on_and_can_be_switched(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	shown := func() any { return h.Anonymous().Get("/api/v1.0/config/").JSON()["subtitle"] }
	require.Equal(t, coretest.Object{"enabled": true}, shown())
	off, _, err := config.Load(config.Source{Modules: coretest.Modules})
	require.NoError(t, err)
	h.App.Apply(off)
	require.Eventually(t, func() bool { return !shown().(coretest.Object)["enabled"].(bool) }, coretest.WaitLong, coretest.WaitShort)
	require.Equal(t, http.StatusNotFound, h.SubtitlesOf("one", "junk").Status)
	h.App.Apply(h.Config)
	require.Eventually(t, func() bool { return shown().(coretest.Object)["enabled"].(bool) }, coretest.WaitLong, coretest.WaitShort)
	require.Eventually(t, func() bool { return h.SubtitlesOf("one", "junk").Status == http.StatusForbidden }, coretest.WaitLong, coretest.WaitShort)
}
