package core_test

import (
	"net/http"
	"sync"
	"testing"

	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/agentdev"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
)

const agentName = "multi-user-transcriber"

// subtitlesOf requests subtitles with a token, without a session.
func (h *house) subtitlesOf(room, token string) answer {
	h.Helper()
	return h.anonymous().send(http.MethodPost, "/api/v1.0/rooms/"+room+"/start-subtitle/", nil, "Authorization", "Bearer "+token)
}

func TestSubtitles_bring_one_agent_however_many_ask_at_two_gateways(t *testing.T) {
	server := livekitdev.StartT(t, livekitdev.Options{})
	worker := agentdev.StartT(t, agentdev.Options{URL: server.URL, Key: server.Key, Secret: server.Secret, Agent: agentName})
	first := open(t, engines["postgres"], media(server))
	second := open(t, media(server), func(_ *testing.T, c *config.Config) {
		c.Database, c.Secrets = first.cfg.Database, first.cfg.Secrets
		c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.ClientSecret = first.op.Issuer, first.op.ClientID, conf.NewSecret(first.op.Secret)
	})
	room := first.signIn("ada").create(object{"name": "Talk"})
	id := room["id"].(string)
	token := first.anonymous().get("/api/v1.0/rooms/talk/").token()

	first.subtitlesOf(id, token).is(http.StatusNotFound, `{"detail":"No live meeting in this room."}`)
	server.JoinT(t, token, nil)

	answers := make([]answer, 20)
	var calls sync.WaitGroup
	for i := range answers {
		calls.Go(func() {
			h := []*house{first, second}[i%2]
			answers[i] = h.subtitlesOf([]string{id, "talk"}[i/2%2], token)
		})
	}
	calls.Wait()
	for _, a := range answers {
		a.is(http.StatusOK, `{"status":"success"}`)
	}
	job := worker.Next(t)
	require.NoError(t, job.JoinErr)
	require.Equal(t, id, job.Room)
	require.Equal(t, agentName, job.Agent)
	require.Empty(t, job.Metadata)
	require.Empty(t, job.Attributes)

	second.subtitlesOf(id, token).is(http.StatusOK, `{"status":"success"}`)
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
	h := open(t, engines["sqlite"])
	ada := h.signIn("ada")
	ada.create(object{"name": "One"})
	ada.create(object{"name": "Two"})
	two := h.anonymous().get("/api/v1.0/rooms/two/").token()
	const path = "/api/v1.0/rooms/one/start-subtitle/"
	h.subtitlesOf("one", two).is(http.StatusForbidden, forbidden)
	h.subtitlesOf("one", "junk").is(http.StatusForbidden, `{"detail":"Invalid LiveKit token: Not enough segments"}`)
	h.subtitlesOf("nowhere", two).is(http.StatusNotFound, noRoom)
	a := ada.send(http.MethodPost, path, nil)
	a.is(http.StatusForbidden, noCredentials)
	require.Empty(t, a.header.Get("WWW-Authenticate"))
	const form = `{"detail":"Authorization header must be: Bearer <token>"}`
	h.anonymous().send(http.MethodPost, path, nil, "Authorization", two).is(http.StatusForbidden, form)
	h.anonymous().send(http.MethodPost, path, nil, "Authorization", "Basic "+two).is(http.StatusForbidden, form)
}

func TestSubtitles_when_off_are_a_path_that_does_not_exist(t *testing.T) {
	h := open(t, engines["sqlite"], func(t *testing.T, c *config.Config) {
		off, _, err := config.Load(config.Source{Modules: modules})
		require.NoError(t, err)
		c.Modules = off.Modules
	})
	h.signIn("ada").create(object{"name": "One"})
	token := h.anonymous().get("/api/v1.0/rooms/one/").token()
	unknown := h.anonymous().send(http.MethodPost, "/api/v1.0/rooms/one/no-such-thing/", nil)
	require.Equal(t, http.StatusNotFound, unknown.status)
	for _, a := range []answer{
		h.subtitlesOf("one", token), h.subtitlesOf("one", "junk"), h.subtitlesOf("nowhere", token),
		h.anonymous().get("/api/v1.0/rooms/one/start-subtitle/"),
	} {
		a.is(unknown.status, unknown.body)
		for _, name := range []string{"Date", "X-Request-Id"} {
			a.header.Del(name)
			unknown.header.Del(name)
		}
		require.Equal(t, unknown.header, a.header)
	}
	require.Equal(t, object{"enabled": false}, h.anonymous().get("/api/v1.0/config/").json()["subtitle"])
}

func TestSubtitles_are_advertised_when_on_and_can_be_switched(t *testing.T) {
	h := open(t, engines["sqlite"])
	shown := func() any { return h.anonymous().get("/api/v1.0/config/").json()["subtitle"] }
	require.Equal(t, object{"enabled": true}, shown())
	off, _, err := config.Load(config.Source{Modules: modules})
	require.NoError(t, err)
	h.app.Apply(off)
	require.Eventually(t, func() bool { return !shown().(object)["enabled"].(bool) }, waitLong, waitShort)
	require.Equal(t, http.StatusNotFound, h.subtitlesOf("one", "junk").status)
	h.app.Apply(h.cfg)
	require.Eventually(t, func() bool { return shown().(object)["enabled"].(bool) }, waitLong, waitShort)
	require.Eventually(t, func() bool { return h.subtitlesOf("one", "junk").status == http.StatusForbidden }, waitLong, waitShort)
}
