package config

import (
	"slices"
	"strings"
	"time"

	"foyer/sdk/conf"
)

// Lobby is the waiting room in front of rooms that do not let everybody in
// (settings.md 2.7).
type Lobby struct {
	WaitingTimeout   time.Duration // waiting_timeout: since the last request
	DeniedTimeout    time.Duration // denied_timeout
	AcceptedTimeout  time.Duration // accepted_timeout
	Grace            time.Duration // grace: to come back after leaving
	MaxWaiting       int           // max_waiting at once, per room
	MaxNetwork       int           // max_waiting_network: of those, from one network
	MaxListed        int           // max_listed of those
	NotificationType string        // notification_type of the data message
	CookieName       string        // cookie_name
	KeyPrefix        string        // key_prefix of its queues in Redis
}

func defaultLobby() Lobby {
	return Lobby{
		WaitingTimeout: 3 * time.Second, DeniedTimeout: 5 * time.Second, AcceptedTimeout: 6 * time.Hour,
		Grace: time.Minute, MaxWaiting: 1000, MaxNetwork: 200, MaxListed: 100, NotificationType: "participantWaiting", CookieName: "lobbyParticipantId", KeyPrefix: "room_lobby",
	}
}

func (l *Lobby) Fields(f *conf.Fields) {
	f.Duration("waiting_timeout", &l.WaitingTimeout, "How long one waits after the last request to enter.").Legacy("LOBBY_WAITING_TIMEOUT")
	f.Duration("denied_timeout", &l.DeniedTimeout, "How long a refusal holds; then one may ask anew.").Legacy("LOBBY_DENIED_TIMEOUT")
	f.Duration("accepted_timeout", &l.AcceptedTimeout, "How long a permission waits for one to come; then it holds for the meeting.").Legacy("LOBBY_ACCEPTED_TIMEOUT")
	f.Duration("grace", &l.Grace, "How long somebody who left the meeting may take to come back without waiting again, and who waits to come back to their place.")
	f.Int("max_listed", &l.MaxListed, "How many of those who wait are shown at once, the longest waiting first; when there are more, each network has its turn.").AtLeast(1).AtMost(100_000)
	f.Int("max_waiting", &l.MaxWaiting, "How many may wait for a room at once; others are told to try again.").AtLeast(1).AtMost(100_000)
	f.Int("max_waiting_network", &l.MaxNetwork, "How many of them may be from one network, an IPv4 address or the /64 of an IPv6 address; raise it for lectures whose audience has one address in common.").AtLeast(1).AtMost(100_000)
	f.String("notification_type", &l.NotificationType, "Type of the data message that tells a meeting of somebody who waits.").Legacy("LOBBY_NOTIFICATION_TYPE")
	f.String("cookie_name", &l.CookieName, "Cookie that tells those who wait apart.").Legacy("LOBBY_COOKIE_NAME")
	f.String("key_prefix", &l.KeyPrefix, "Begins the names of its queues in Redis.").Legacy("LOBBY_KEY_PREFIX")
}

func (l *loader) validateLobby() {
	name := l.config.Lobby.CookieName
	if name == "" || strings.ContainsAny(name, " \t\r\n;,=\"\\") || slices.Contains([]string{"csrftoken", l.config.Session.CookieName}, name) {
		l.fault("lobby.cookie_name", "%q cannot be the name of the cookie of the lobby", name)
	}
}
