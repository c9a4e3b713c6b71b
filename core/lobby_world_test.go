package core_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/redisdev"
	"foyer/sdk/conf"
)

const (
	lobbyCookie = "lobbyParticipantId"
	lobbyRoom   = "/api/v1.0/rooms/staffed/"
	asksPath    = lobbyRoom + "request-entry/"
	enterPath   = lobbyRoom + "enter/"
	waitersPath = lobbyRoom + "waiting-participants/"
)

// lobbies are the places where a gateway keeps waiting guests, each with a database.
var lobbies = map[string]setting{
	"memory": engines["sqlite"],
	"redis": func(t *testing.T, c *config.Config) {
		onPostgres(t, c)
		c.Redis.URL, c.Redis.Timeout = conf.NewSecret(redisdev.RealT(t).URL), slow
	},
}

// patient is a lobby that forgets nobody during a test, however often they poll.
func patient(_ *testing.T, c *config.Config) {
	c.Throttles.RequestEntry = ""
	c.Lobby.WaitingTimeout, c.Lobby.DeniedTimeout = time.Hour, time.Hour
}

// inLobby runs a test in each.
func inLobby(t *testing.T, test func(s *staff), change ...setting) {
	for name, kept := range lobbies {
		t.Run(name, func(t *testing.T) {
			test(newStaff(open(t, append([]setting{kept}, change...)...)))
		})
	}
}

// knocker is somebody who asks to enter. It handles the lobby's cookie itself: cookie
// jars treat loopback like https and would send their own as well.
type knocker struct {
	*browser
	cookie string // what the browser keeps
	id     string // what everybody may see
	from   string // the address that a proxy reports; "" = none
}

// ask asks to enter the staffed room.
func (k *knocker) ask(username string) answer {
	k.h.Helper()
	return k.askAt(asksPath, username)
}

func (k *knocker) askAt(path, username string) answer {
	k.h.Helper()
	var header []string
	if k.cookie != "" {
		header = []string{"Cookie", lobbyCookie + "=" + k.cookie}
	}
	if k.from != "" {
		header = append(header, "X-Forwarded-For", k.from)
	}
	a := k.send(http.MethodPost, path, object{"username": username}, header...)
	home, err := url.Parse(k.h.url)
	require.NoError(k.h, err)
	k.Jar.SetCookies(home, []*http.Cookie{{Name: lobbyCookie, Path: "/", MaxAge: -1}})
	if a.status == http.StatusOK {
		k.id, k.cookie = a.json()["id"].(string), a.lobbyCookie()
	}
	return a
}

// lobbyCookie returns the lobby's cookie, which every answer sets that lets somebody
// wait or in.
func (a answer) lobbyCookie() string {
	a.h.Helper()
	set, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	require.NoError(a.h, err)
	require.Equal(a.h, lobbyCookie, set.Name)
	return set.Value
}

// id returns the id in an answer.
func (a answer) id() string {
	a.h.Helper()
	require.Equal(a.h, http.StatusOK, a.status, a.body)
	return a.json()["id"].(string)
}

// waits requires that the participant waits.
func (a answer) waits() {
	a.h.Helper()
	require.Equal(a.h, http.StatusOK, a.status, a.body)
	require.Equal(a.h, "waiting", a.json()["status"], a.body)
	require.Contains(a.h, a.body, `"livekit":null`)
}

// admitted requires that the participant is let in.
func (a answer) admitted() {
	a.h.Helper()
	require.Equal(a.h, http.StatusOK, a.status, a.body)
	require.Equal(a.h, "accepted", a.json()["status"], a.body)
	require.NotEmpty(a.h, a.token())
}

// waiters returns the ids of the waiting guests, in the order of the answer.
func (s *staff) waiters() []string {
	s.Helper()
	a := s.who["ada"].get(waitersPath)
	require.Equal(s, http.StatusOK, a.status, a.body)
	ids := []string{}
	for _, p := range a.json()["participants"].([]any) {
		ids = append(ids, p.(object)["id"].(string))
	}
	return ids
}

// decide lets a participant in, or refuses.
func (s *staff) decide(id string, allow bool) answer {
	s.Helper()
	return s.who["grace"].send(http.MethodPost, enterPath, object{"participant_id": id, "allow_entry": allow})
}

// setLevel changes the access level of the staffed room.
func (s *staff) setLevel(level string) {
	s.Helper()
	require.Equal(s, http.StatusOK, s.who["ada"].send(http.MethodPatch, lobbyRoom, object{"access_level": level}).status)
}
