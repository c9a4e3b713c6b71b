package coretest

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

// The lobby's cookie, and paths of the staffed room.
const (
	LobbyCookie = "lobbyParticipantId"
	LobbyRoom   = "/api/v1.0/rooms/staffed/"
	AsksPath    = LobbyRoom + "request-entry/"
	EnterPath   = LobbyRoom + "enter/"
	WaitersPath = LobbyRoom + "waiting-participants/"
)

// Lobbies are the places where a gateway keeps waiting guests, each with a database.
var Lobbies = map[string]Setting{
	"memory": Engines["sqlite"],
	"redis": func(t *testing.T, c *config.Config) {
		onPostgres(t, c)
		c.Redis.URL, c.Redis.Timeout = conf.NewSecret(redisdev.RealT(t).URL), Slow
	},
}

// Patient is a lobby that forgets nobody during a test, however often they poll.
func Patient(_ *testing.T, c *config.Config) {
	c.Throttles.RequestEntry = ""
	c.Lobby.WaitingTimeout, c.Lobby.DeniedTimeout = time.Hour, time.Hour
}

// InLobby runs a test in each of Lobbies, at once.
func InLobby(t *testing.T, test func(s *Staff), change ...Setting) {
	for name, kept := range Lobbies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(NewStaff(Open(t, append([]Setting{kept}, change...)...)))
		})
	}
}

// Knocker is somebody who asks to enter. It handles the lobby's cookie itself: cookie
// jars treat loopback like https and would send their own as well.
type Knocker struct {
	*Browser
	Cookie string // what the browser keeps
	ID     string // what everybody may see
	From   string // the address that a proxy reports; "" = none
}

// Ask asks to enter the staffed room.
func (k *Knocker) Ask(username string) Answer {
	k.House.Helper()
	return k.AskAt(AsksPath, username)
}

// AskAt asks at another room's path.
func (k *Knocker) AskAt(path, username string) Answer {
	k.House.Helper()
	var header []string
	if k.Cookie != "" {
		header = []string{"Cookie", LobbyCookie + "=" + k.Cookie}
	}
	if k.From != "" {
		header = append(header, "X-Forwarded-For", k.From)
	}
	a := k.Send(http.MethodPost, path, Object{"username": username}, header...)
	home, err := url.Parse(k.House.URL)
	require.NoError(k.House, err)
	k.Jar.SetCookies(home, []*http.Cookie{{Name: LobbyCookie, Path: "/", MaxAge: -1}})
	if a.Status == http.StatusOK {
		k.ID, k.Cookie = a.JSON()["id"].(string), a.lobbyCookie()
	}
	return a
}

// lobbyCookie returns the lobby's cookie, which every answer sets that lets somebody
// wait or in.
func (a Answer) lobbyCookie() string {
	a.House.Helper()
	set, err := http.ParseSetCookie(a.Header.Get("Set-Cookie"))
	require.NoError(a.House, err)
	require.Equal(a.House, LobbyCookie, set.Name)
	return set.Value
}

// ID returns the id in an answer.
func (a Answer) ID() string {
	a.House.Helper()
	require.Equal(a.House, http.StatusOK, a.Status, a.Body)
	return a.JSON()["id"].(string)
}

// Waits requires that the participant waits.
func (a Answer) Waits() {
	a.House.Helper()
	require.Equal(a.House, http.StatusOK, a.Status, a.Body)
	require.Equal(a.House, "waiting", a.JSON()["status"], a.Body)
	require.Contains(a.House, a.Body, `"livekit":null`)
}

// Admitted requires that the participant is let in.
func (a Answer) Admitted() {
	a.House.Helper()
	require.Equal(a.House, http.StatusOK, a.Status, a.Body)
	require.Equal(a.House, "accepted", a.JSON()["status"], a.Body)
	require.NotEmpty(a.House, a.Token())
}

// Waiters returns the ids of the waiting guests, in the order of the answer.
func (s *Staff) Waiters() []string {
	s.Helper()
	a := s.Who["ada"].Get(WaitersPath)
	require.Equal(s, http.StatusOK, a.Status, a.Body)
	ids := []string{}
	for _, p := range a.JSON()["participants"].([]any) {
		ids = append(ids, p.(Object)["id"].(string))
	}
	return ids
}

// Decide lets a participant in, or refuses.
func (s *Staff) Decide(id string, allow bool) Answer {
	s.Helper()
	return s.Who["grace"].Send(http.MethodPost, EnterPath, Object{"participant_id": id, "allow_entry": allow})
}

// SetLevel changes the access level of the staffed room.
func (s *Staff) SetLevel(level string) {
	s.Helper()
	require.Equal(s, http.StatusOK, s.Who["ada"].Send(http.MethodPatch, LobbyRoom, Object{"access_level": level}).Status)
}
