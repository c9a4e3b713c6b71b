package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

func TestLobby_is_set_by_the_replaced_servers_names(t *testing.T) {
	c := mustLoad(t, "", "LOBBY_WAITING_TIMEOUT=4", "LOBBY_DENIED_TIMEOUT=0", "LOBBY_ACCEPTED_TIMEOUT=60",
		"LOBBY_NOTIFICATION_TYPE=knock", "LOBBY_COOKIE_NAME=knocker", "LOBBY_KEY_PREFIX=lobby", "REQUEST_ENTRY_THROTTLE_RATES=5/hour")
	require.Equal(t, config.Lobby{
		WaitingTimeout: 4 * time.Second, AcceptedTimeout: time.Minute, Grace: time.Minute, MaxWaiting: 1000, MaxNetwork: 200, MaxListed: 100,
		NotificationType: "knock", CookieName: "knocker", KeyPrefix: "lobby",
	}, c.Lobby)
	rates, err := c.Throttles.Rates()
	require.NoError(t, err)
	require.Equal(t, config.Rate{Count: 5, Period: time.Hour}, rates["request_entry"])
}

func TestLobby_cookie_is_not_mistaken_for_another(t *testing.T) {
	for _, name := range []string{"", "a b", "a;b", "csrftoken", "sessionid"} {
		_, _, err := load(t, "", "LOBBY_COOKIE_NAME="+name)
		require.ErrorContains(t, err, "lobby.cookie_name", "%q", name)
	}
	_, _, err := load(t, "", "REQUEST_ENTRY_THROTTLE_RATES=often")
	require.EqualError(t, err, `REQUEST_ENTRY_THROTTLE_RATES: throttles.request_entry: "often" is not a rate such as 150/minute`)
}
