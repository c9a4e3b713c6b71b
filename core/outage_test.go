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
func (a answer) unavailable() {
	a.h.Helper()
	require.Equal(a.h, http.StatusServiceUnavailable, a.status, a.body)
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	require.NoError(a.h, err)
	require.Positive(a.h, seconds)
	require.Empty(a.h, a.header.Values("Set-Cookie"))
}

func TestRedis_away_stops_the_lobby_and_nothing_else(t *testing.T) {
	r := redisdev.RealT(t)
	s := newStaff(open(t, engines["postgres"], patient, func(_ *testing.T, c *config.Config) {
		c.Redis.URL, c.Redis.Timeout, c.Throttles.CreationCallback = conf.NewSecret(r.URL), slow, "2/day"
	}))
	guest, mary, let := &knocker{browser: s.anonymous()}, &knocker{browser: s.who["mary"]}, &knocker{browser: s.anonymous()}
	guest.ask("Zoë").waits()
	let.ask("Zoë").waits()
	s.decide(let.id, true).is(200, decided)
	well := func(status string) {
		s.Helper()
		require.Eventually(t, func() bool { return s.anonymous().get("/__heartbeat__").body == `{"status":"`+status+`"}` }, waitLong, waitShort)
	}
	well("ok")
	for range 2 { // it happens again
		require.NoError(t, r.Stop())
		guest.ask("Zoë").unavailable()
		mary.ask("Mary").unavailable()
		s.decide(guest.id, true).unavailable()
		s.who["ada"].get(waitersPath).unavailable()
		s.who["mary"].send(http.MethodPost, enterPath, object{}).is(400, `{"allow_entry":`+required+`,"participant_id":`+required+`}`)
		s.who["mary"].get(waitersPath).is(403, notPrivileged)

		(&knocker{browser: s.who["alan"]}).ask("Alan").admitted() // he need not wait
		let.ask("Zoë").admitted()                                 // nor need those already let in
		require.NotEmpty(t, s.who["alan"].get(lobbyRoom).token())
		s.signIn("ada").create(object{"name": "Meanwhile " + strconv.FormatInt(time.Now().UnixNano(), 36)})
		s.setLevel("public")
		s.anonymous().get(lobbyRoom).token()
		s.who["ada"].get(waitersPath).is(200, `{"participants":[]}`)
		s.setLevel("restricted")
		for status := 0; status != http.StatusTooManyRequests; { // limits still apply
			status = s.anonymous().send(http.MethodPost, callbackPath, object{"callback_id": "x"}).status
			require.Contains(t, []int{http.StatusOK, http.StatusTooManyRequests}, status)
		}
		well("warning")

		require.NoError(t, r.Start())
		require.Eventually(t, func() bool { return guest.ask("Zoë").status == http.StatusOK }, waitLong, waitShort)
		require.Equal(t, []string{guest.id}, s.waiters(), "who waited asks again and waits again")
		s.decide(guest.id, true).is(200, decided)
		guest.ask("Zoë").admitted()
		well("ok")
		guest = &knocker{browser: s.anonymous()}
		guest.ask("Zoë").waits()
	}
}

func TestRedis_that_only_reads_is_a_warning_and_one_line_a_change(t *testing.T) {
	r := redisdev.RealT(t)
	admin := r.Client()
	defer admin.Close()
	s := newStaff(open(t, engines["sqlite"], patient, func(_ *testing.T, c *config.Config) {
		c.Redis.URL, c.Redis.Timeout = conf.NewSecret(r.URL), slow
	}))
	well := func(status string) {
		s.Helper()
		require.Eventually(t, func() bool { return s.anonymous().get("/__heartbeat__").body == `{"status":"`+status+`"}` }, waitLong, waitShort)
	}
	guest := &knocker{browser: s.anonymous()}
	guest.ask("Zoë").waits()
	well("ok")
	for range 2 { // it happens again
		require.NoError(t, admin.ReplicaOf(t.Context(), "127.0.0.1", "1").Err())
		well("warning")
		for range 3 { // reads would succeed and look like a recovery
			guest.ask("Zoë").unavailable()
			s.who["ada"].get(waitersPath).unavailable()
			well("warning")
		}
		require.NoError(t, admin.ReplicaOf(t.Context(), "NO", "ONE").Err())
		well("ok")
		require.Equal(t, []string{guest.id}, s.waiters())
	}
	require.Equal(t, 2, strings.Count(s.logs.String(), `"msg":"redis cannot be used"`))
	require.Equal(t, 2, strings.Count(s.logs.String(), `"msg":"redis answers again"`))
}
