package lobby_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/redisdev"
	"foyer/sdk/conf"
)

// unavailable requires the answer for a lobby that cannot be reached.
func unavailable(a coretest.Answer) {
	a.House.Helper()
	require.Equal(a.House, http.StatusServiceUnavailable, a.Status, a.Body)
	seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
	require.NoError(a.House, err)
	require.Positive(a.House, seconds)
	require.Empty(a.House, a.Header.Values("Set-Cookie"))
}

func TestRedis_away_stops_the_lobby_and_nothing_else(t *testing.T) {
	t.Parallel()
	r := redisdev.RealT(t)
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["postgres"], coretest.Patient, func(_ *testing.T, c *config.Config) {
		c.Redis.URL, c.Redis.Timeout, c.Throttles.CreationCallback = conf.NewSecret(r.URL), coretest.Slow, "2/day"
	}))
	guest, mary, let := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Who["mary"]}, &coretest.Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	let.Ask("Zoë").Waits()
	s.Decide(let.ID, true).Is(200, coretest.Decided)
	well := func(status string) {
		s.Helper()
		require.Eventually(t, func() bool { return s.Anonymous().Get("/__heartbeat__").Body == `{"status":"`+status+`"}` }, coretest.WaitLong, coretest.WaitShort)
	}
	well("ok")
	for range 2 { // it happens again
		require.NoError(t, r.Stop())
		unavailable(guest.Ask("Zoë"))
		unavailable(mary.Ask("Mary"))
		unavailable(s.Decide(guest.ID, true))
		unavailable(s.Who["ada"].Get(coretest.WaitersPath))
		s.Who["mary"].Send(http.MethodPost, coretest.EnterPath, coretest.Object{}).Is(400, `{"allow_entry":`+required+`,"participant_id":`+required+`}`)
		s.Who["mary"].Get(coretest.WaitersPath).Is(403, notPrivileged)

		(&coretest.Knocker{Browser: s.Who["alan"]}).Ask("Alan").Admitted() // he need not wait
		let.Ask("Zoë").Admitted()                                          // nor need those already let in
		require.NotEmpty(t, s.Who["alan"].Get(coretest.LobbyRoom).Token())
		s.SignIn("ada").Create(coretest.Object{"name": "Meanwhile " + strconv.FormatInt(time.Now().UnixNano(), 36)})
		s.SetLevel("public")
		s.Anonymous().Get(coretest.LobbyRoom).Token()
		s.Who["ada"].Get(coretest.WaitersPath).Is(200, `{"participants":[]}`)
		s.SetLevel("restricted")
		for status := 0; status != http.StatusTooManyRequests; { // limits still apply
			status = s.Anonymous().Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": "x"}).Status
			require.Contains(t, []int{http.StatusOK, http.StatusTooManyRequests}, status)
		}
		well("warning")

		require.NoError(t, r.Start())
		require.Eventually(t, func() bool { return guest.Ask("Zoë").Status == http.StatusOK }, coretest.WaitLong, coretest.WaitShort)
		require.Equal(t, []string{guest.ID}, s.Waiters(), "who waited asks again and waits again")
		s.Decide(guest.ID, true).Is(200, coretest.Decided)
		guest.Ask("Zoë").Admitted()
		well("ok")
		guest = &coretest.Knocker{Browser: s.Anonymous()}
		guest.Ask("Zoë").Waits()
	}
}

func TestRedis_that_only_reads_is_a_warning_and_one_line_a_change(t *testing.T) {
	t.Parallel()
	r := redisdev.RealT(t)
	admin := r.Client()
	defer admin.Close()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"], coretest.Patient, func(_ *testing.T, c *config.Config) {
		c.Redis.URL, c.Redis.Timeout = conf.NewSecret(r.URL), coretest.Slow
	}))
	well := func(status string) {
		s.Helper()
		require.Eventually(t, func() bool { return s.Anonymous().Get("/__heartbeat__").Body == `{"status":"`+status+`"}` }, coretest.WaitLong, coretest.WaitShort)
	}
	guest := &coretest.Knocker{Browser: s.Anonymous()}
	guest.Ask("Zoë").Waits()
	well("ok")
	for range 2 { // it happens again
		require.NoError(t, admin.ReplicaOf(t.Context(), "127.0.0.1", "1").Err())
		well("warning")
		for range 3 { // reads would succeed and look like a recovery
			unavailable(guest.Ask("Zoë"))
			unavailable(s.Who["ada"].Get(coretest.WaitersPath))
			well("warning")
		}
		require.NoError(t, admin.ReplicaOf(t.Context(), "NO", "ONE").Err())
		well("ok")
		require.Equal(t, []string{guest.ID}, s.Waiters())
	}
	require.Equal(t, 2, strings.Count(s.Logs.String(), `"msg":"redis cannot be used"`))
	require.Equal(t, 2, strings.Count(s.Logs.String(), `"msg":"redis answers again"`))
}
