package core_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

const (
	notPrivileged  = `{"detail":"You must have privileges on room to perform this action."}`
	noLobby        = `{"message":"Room has no lobby system."}`
	notWaiting     = `{"message":"Participant not found."}`
	required       = `["This field is required."]`
	nowhereRequest = "/api/v1.0/rooms/nowhere/request-entry/"
)

func TestLobby_refuses_in_the_order_of_the_contract(t *testing.T) {
	s := newStaff(open(t, engines["sqlite"], patient))
	guest, ada, nobody := s.who[""], s.who["ada"], uuid.NewString()
	const nowhere = "/api/v1.0/rooms/nowhere/"
	good := object{"participant_id": nobody, "allow_entry": true}
	for _, x := range []struct {
		by     *browser
		path   string
		body   any
		status int
		says   string
	}{
		{guest, nowhereRequest, object{}, 400, `{"username":` + required + `}`},
		{guest, nowhereRequest, object{"username": "x"}, 404, noRoom},
		{guest, asksPath, object{"username": nil}, 400, `{"username":["This field may not be null."]}`},
		{guest, asksPath, object{"username": " \t"}, 400, `{"username":["This field may not be blank."]}`},
		{guest, asksPath, object{"username": true}, 400, `{"username":["Not a valid string."]}`},
		{guest, asksPath, object{"username": "a\x00"}, 400, `{"username":["Null characters are not allowed."]}`},
		{guest, asksPath, "[]", 400, `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`},

		{guest, nowhere + "enter/", object{}, 401, noCredentials},
		{s.who["mary"], nowhere + "enter/", object{}, 400, `{"allow_entry":` + required + `,"participant_id":` + required + `}`},
		{s.who["mary"], nowhere + "enter/", good, 404, noRoom},
		{s.who["mary"], enterPath, good, 403, notPrivileged},
		{s.who["alan"], enterPath, good, 403, notPrivileged},
		{ada, enterPath, good, 404, notWaiting},
		{ada, enterPath, object{"participant_id": "ada", "allow_entry": "maybe"}, 400,
			`{"allow_entry":["Must be a valid boolean."],"participant_id":["Must be a valid UUID."]}`},

		{guest, nowhere + "waiting-participants/", nil, 401, noCredentials},
		{ada, nowhere + "waiting-participants/", nil, 404, noRoom},
		{s.who["alan"], waitersPath, nil, 403, notPrivileged},
		{ada, waitersPath, nil, 200, `{"participants":[]}`},
	} {
		method := http.MethodPost
		if x.body == nil {
			method = http.MethodGet
		}
		x.by.send(method, x.path, x.body).is(x.status, x.says)
	}
}

// Anybody may ask under any name, so what is kept of it is limited.
func TestLobby_cuts_names_that_nobody_reads(t *testing.T) {
	s := newStaff(open(t, engines["sqlite"], patient))
	guest := &knocker{browser: s.anonymous()}
	require.Equal(t, strings.Repeat("é", 255), guest.ask(strings.Repeat("é", 100_000)).json()["username"])
	s.decide(guest.id, true).is(200, decided)
	require.Equal(t, strings.Repeat("à", 255), guest.ask(strings.Repeat("à", 256)).claims()["name"])
}

func TestLobby_takes_no_more_than_may_wait(t *testing.T) {
	inLobby(t, func(s *staff) {
		first, second, third := &knocker{browser: s.anonymous()}, &knocker{browser: s.anonymous()}, &knocker{browser: s.anonymous()}
		first.ask("1").waits()
		second.ask("2").waits()
		a := third.ask("3")
		require.Equal(t, http.StatusTooManyRequests, a.status, a.body)
		require.NotEmpty(t, a.header.Get("Retry-After"))
		require.Empty(t, a.header.Values("Set-Cookie"))
		first.ask("1").waits()
		s.decide(first.id, true).is(200, decided)
		third.ask("3").waits()
	}, patient, func(_ *testing.T, c *config.Config) { c.Lobby.MaxWaiting = 2 })
}

func TestLobby_throttles_accounts_and_cookies_over_all_rooms(t *testing.T) {
	inLobby(t, func(s *staff) {
		s.who["ada"].create(object{"name": "Elsewhere", "access_level": "restricted"})
		const elsewhere = "/api/v1.0/rooms/elsewhere/request-entry/"
		for range 5 { // without an account or a cookie, a guest is new
			(&knocker{browser: s.anonymous()}).ask("New").waits()
		}
		for _, k := range []*knocker{{browser: s.who["mary"]}, {browser: s.who["ada"]}, {browser: s.anonymous(), cookie: "text"}} {
			sent := k.cookie
			k.ask("1").id()
			if k.cookie = sent; sent != "" {
				k.browser = s.anonymous() // without the id that was given out, which would count instead
			}
			require.Equal(t, 400, k.askAt(elsewhere, "").status, "refused later, and counted")
			a := k.askAt(elsewhere, "3")
			require.Equal(t, http.StatusTooManyRequests, a.status, a.body)
			seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
			require.NoError(t, err)
			require.Equal(t, `{"detail":"Request was throttled. Expected available in `+strconv.Itoa(seconds)+` seconds."}`, a.body)
			require.Empty(t, a.header.Values("Set-Cookie"))
		}
	}, func(_ *testing.T, c *config.Config) { c.Throttles.RequestEntry = "2/day" })
}
