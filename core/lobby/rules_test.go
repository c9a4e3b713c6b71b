package lobby_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
)

const (
	notPrivileged  = `{"detail":"You must have privileges on room to perform this action."}`
	required       = `["This field is required."]`
	nowhereRequest = "/api/v1.0/rooms/nowhere/request-entry/"
)

func TestLobby_refuses_in_the_order_of_the_contract(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"], coretest.Patient))
	guest, ada, nobody := s.Who[""], s.Who["ada"], uuid.NewString()
	const nowhere = "/api/v1.0/rooms/nowhere/"
	good := coretest.Object{"participant_id": nobody, "allow_entry": true}
	for _, x := range []struct {
		by     *coretest.Browser
		path   string
		body   any
		status int
		says   string
	}{
		{guest, nowhereRequest, coretest.Object{}, 400, `{"username":` + required + `}`},
		{guest, nowhereRequest, coretest.Object{"username": "x"}, 404, coretest.NoRoom},
		{guest, coretest.AsksPath, coretest.Object{"username": nil}, 400, `{"username":["This field may not be null."]}`},
		{guest, coretest.AsksPath, coretest.Object{"username": " \t"}, 400, `{"username":["This field may not be blank."]}`},
		{guest, coretest.AsksPath, coretest.Object{"username": true}, 400, `{"username":["Not a valid string."]}`},
		{guest, coretest.AsksPath, coretest.Object{"username": "a\x00"}, 400, `{"username":["Null characters are not allowed."]}`},
		{guest, coretest.AsksPath, "[]", 400, `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`},

		{guest, nowhere + "enter/", coretest.Object{}, 401, coretest.NoCredentials},
		{s.Who["mary"], nowhere + "enter/", coretest.Object{}, 400, `{"allow_entry":` + required + `,"participant_id":` + required + `}`},
		{s.Who["mary"], nowhere + "enter/", good, 404, coretest.NoRoom},
		{s.Who["mary"], coretest.EnterPath, good, 403, notPrivileged},
		{s.Who["alan"], coretest.EnterPath, good, 403, notPrivileged},
		{ada, coretest.EnterPath, good, 404, coretest.NotWaiting},
		{ada, coretest.EnterPath, coretest.Object{"participant_id": "ada", "allow_entry": "maybe"}, 400,
			`{"allow_entry":["Must be a valid boolean."],"participant_id":["Must be a valid UUID."]}`},

		{guest, nowhere + "waiting-participants/", nil, 401, coretest.NoCredentials},
		{ada, nowhere + "waiting-participants/", nil, 404, coretest.NoRoom},
		{s.Who["alan"], coretest.WaitersPath, nil, 403, notPrivileged},
		{ada, coretest.WaitersPath, nil, 200, `{"participants":[]}`},
	} {
		method := http.MethodPost
		if x.body == nil {
			method = http.MethodGet
		}
		x.by.Send(method, x.path, x.body).Is(x.status, x.says)
	}
}

// Anybody may ask under any name, so what is kept of it is limited.
func TestLobby_cuts_names_that_nobody_reads(t *testing.T) {
	t.Parallel()
	s := coretest.NewStaff(coretest.Open(t, coretest.Engines["sqlite"], coretest.Patient))
	guest := &coretest.Knocker{Browser: s.Anonymous()}
	require.Equal(t, strings.Repeat("é", 255), guest.Ask(strings.Repeat("é", 100_000)).JSON()["username"])
	s.Decide(guest.ID, true).Is(200, coretest.Decided)
	require.Equal(t, strings.Repeat("à", 255), guest.Ask(strings.Repeat("à", 256)).Claims()["name"])
}

func TestLobby_takes_no_more_than_may_wait(t *testing.T) {
	t.Parallel()
	coretest.InLobby(t, func(s *coretest.Staff) {
		first, second, third := &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Anonymous()}, &coretest.Knocker{Browser: s.Anonymous()}
		first.Ask("1").Waits()
		second.Ask("2").Waits()
		a := third.Ask("3")
		require.Equal(t, http.StatusTooManyRequests, a.Status, a.Body)
		require.NotEmpty(t, a.Header.Get("Retry-After"))
		require.Empty(t, a.Header.Values("Set-Cookie"))
		first.Ask("1").Waits()
		s.Decide(first.ID, true).Is(200, coretest.Decided)
		third.Ask("3").Waits()
	}, coretest.Patient, func(_ *testing.T, c *config.Config) { c.Lobby.MaxWaiting = 2 })
}

func TestLobby_throttles_accounts_and_cookies_over_all_rooms(t *testing.T) {
	t.Parallel()
	coretest.InLobby(t, func(s *coretest.Staff) {
		s.Who["ada"].Create(coretest.Object{"name": "Elsewhere", "access_level": "restricted"})
		const elsewhere = "/api/v1.0/rooms/elsewhere/request-entry/"
		for range 5 { // without an account or a cookie, a guest is new
			(&coretest.Knocker{Browser: s.Anonymous()}).Ask("New").Waits()
		}
		for _, k := range []*coretest.Knocker{{Browser: s.Who["mary"]}, {Browser: s.Who["ada"]}, {Browser: s.Anonymous(), Cookie: "text"}} {
			sent := k.Cookie
			k.Ask("1").ID()
			if k.Cookie = sent; sent != "" {
				k.Browser = s.Anonymous() // without the id that was given out, which would count instead
			}
			require.Equal(t, 400, k.AskAt(elsewhere, "").Status, "refused later, and counted")
			a := k.AskAt(elsewhere, "3")
			require.Equal(t, http.StatusTooManyRequests, a.Status, a.Body)
			seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
			require.NoError(t, err)
			require.Equal(t, `{"detail":"Request was throttled. Expected available in `+strconv.Itoa(seconds)+` seconds."}`, a.Body)
			require.Empty(t, a.Header.Values("Set-Cookie"))
		}
	}, func(_ *testing.T, c *config.Config) { c.Throttles.RequestEntry = "2/day" })
}
