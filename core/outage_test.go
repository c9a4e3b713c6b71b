package core_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/redisdev"
	"foyer/sdk/conf"
)

// unavailable requires the answer for a lobby that cannot be reached.
func (a Answer) unavailable() {
	a.House.Helper()
	require.Equal(a.House, http.StatusServiceUnavailable, a.Status, a.Body)
	seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
	require.NoError(a.House, err)
	require.Positive(a.House, seconds)
	require.Empty(a.House, a.Header.Values("Set-Cookie"))
}

func TestRedis_away_stops_the_lobby_and_nothing_else(t *testing.T) {
	r := redisdev.RealT(t)
	s := NewStaff(Open(t, Engines["postgres"], Patient, func(_ *testing.T, c *config.Config) {
		c.Redis.URL, c.Redis.Timeout, c.Throttles.CreationCallback = conf.NewSecret(r.URL), Slow, "2/day"
	}))
	guest, mary, let := &Knocker{Browser: s.Anonymous()}, &Knocker{Browser: s.Who["mary"]}, &Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	let.Ask("Zoë").Waits()
	s.Decide(let.ID, true).Is(200, Decided)
	well := func(status string) {
		s.Helper()
		require.Eventually(t, func() bool { return s.Anonymous().Get("/__heartbeat__").Body == `{"status":"`+status+`"}` }, WaitLong, WaitShort)
	}
	well("ok")
	for range 2 { // it happens again
		require.NoError(t, r.Stop())
		guest.Ask("Zoë").unavailable()
		mary.Ask("Mary").unavailable()
		s.Decide(guest.ID, true).unavailable()
		s.Who["ada"].Get(WaitersPath).unavailable()
		s.Who["mary"].Send(http.MethodPost, EnterPath, Object{}).Is(400, `{"allow_entry":`+required+`,"participant_id":`+required+`}`)
		s.Who["mary"].Get(WaitersPath).Is(403, notPrivileged)

		(&Knocker{Browser: s.Who["alan"]}).Ask("Alan").Admitted() // he need not wait
		let.Ask("Zoë").Admitted()                                 // nor need those already let in
		require.NotEmpty(t, s.Who["alan"].Get(LobbyRoom).Token())
		s.SignIn("ada").Create(Object{"name": "Meanwhile " + strconv.FormatInt(time.Now().UnixNano(), 36)})
		s.SetLevel("public")
		s.Anonymous().Get(LobbyRoom).Token()
		s.Who["ada"].Get(WaitersPath).Is(200, `{"participants":[]}`)
		s.SetLevel("restricted")
		for status := 0; status != http.StatusTooManyRequests; { // limits still apply
			status = s.Anonymous().Send(http.MethodPost, CallbackPath, Object{"callback_id": "x"}).Status
			require.Contains(t, []int{http.StatusOK, http.StatusTooManyRequests}, status)
		}
		well("warning")

		require.NoError(t, r.Start())
		require.Eventually(t, func() bool { return guest.Ask("Zoë").Status == http.StatusOK }, WaitLong, WaitShort)
		require.Equal(t, []string{guest.ID}, s.Waiters(), "who waited asks again and waits again")
		s.Decide(guest.ID, true).Is(200, Decided)
		guest.Ask("Zoë").Admitted()
		well("ok")
		guest = &Knocker{Browser: s.Anonymous()}
		guest.Ask("Zoë").Waits()
	}
}

func TestRedis_that_only_reads_is_a_warning_and_one_line_a_change(t *testing.T) {
	r := redisdev.RealT(t)
	admin := r.Client()
	defer admin.Close()
	s := NewStaff(Open(t, Engines["sqlite"], Patient, func(_ *testing.T, c *config.Config) {
		c.Redis.URL, c.Redis.Timeout = conf.NewSecret(r.URL), Slow
	}))
	well := func(status string) {
		s.Helper()
		require.Eventually(t, func() bool { return s.Anonymous().Get("/__heartbeat__").Body == `{"status":"`+status+`"}` }, WaitLong, WaitShort)
	}
	guest := &Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	well("ok")
	for range 2 { // it happens again
		require.NoError(t, admin.ReplicaOf(t.Context(), "127.0.0.1", "1").Err())
		well("warning")
		for range 3 { // reads would succeed and look like a recovery
			guest.Ask("Zoë").unavailable()
			s.Who["ada"].Get(WaitersPath).unavailable()
			well("warning")
		}
		require.NoError(t, admin.ReplicaOf(t.Context(), "NO", "ONE").Err())
		well("ok")
		require.Equal(t, []string{guest.ID}, s.Waiters())
	}
	require.Equal(t, 2, strings.Count(s.Logs.String(), `"msg":"redis cannot be used"`))
	require.Equal(t, 2, strings.Count(s.Logs.String(), `"msg":"redis answers again"`))
}
