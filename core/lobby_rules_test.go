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
	NoLobby        = `{"message":"Room has no lobby system."}`
	NotWaiting     = `{"message":"Participant not found."}`
	required       = `["This field is required."]`
	nowhereRequest = "/api/v1.0/rooms/nowhere/request-entry/"
)

func TestLobby_refuses_in_the_order_of_the_contract(t *testing.T) {
	s := NewStaff(Open(t, Engines["sqlite"], Patient))
	guest, ada, nobody := s.Who[""], s.Who["ada"], uuid.NewString()
	const nowhere = "/api/v1.0/rooms/nowhere/"
	good := Object{"participant_id": nobody, "allow_entry": true}
	for _, x := range []struct {
		by     *Browser
		path   string
		body   any
		status int
		says   string
	}{
		{guest, nowhereRequest, Object{}, 400, `{"username":` + required + `}`},
		{guest, nowhereRequest, Object{"username": "x"}, 404, NoRoom},
		{guest, AsksPath, Object{"username": nil}, 400, `{"username":["This field may not be null."]}`},
		{guest, AsksPath, Object{"username": " \t"}, 400, `{"username":["This field may not be blank."]}`},
		{guest, AsksPath, Object{"username": true}, 400, `{"username":["Not a valid string."]}`},
		{guest, AsksPath, Object{"username": "a\x00"}, 400, `{"username":["Null characters are not allowed."]}`},
		{guest, AsksPath, "[]", 400, `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`},

		{guest, nowhere + "enter/", Object{}, 401, NoCredentials},
		{s.Who["mary"], nowhere + "enter/", Object{}, 400, `{"allow_entry":` + required + `,"participant_id":` + required + `}`},
		{s.Who["mary"], nowhere + "enter/", good, 404, NoRoom},
		{s.Who["mary"], EnterPath, good, 403, notPrivileged},
		{s.Who["alan"], EnterPath, good, 403, notPrivileged},
		{ada, EnterPath, good, 404, NotWaiting},
		{ada, EnterPath, Object{"participant_id": "ada", "allow_entry": "maybe"}, 400,
			`{"allow_entry":["Must be a valid boolean."],"participant_id":["Must be a valid UUID."]}`},

		{guest, nowhere + "waiting-participants/", nil, 401, NoCredentials},
		{ada, nowhere + "waiting-participants/", nil, 404, NoRoom},
		{s.Who["alan"], WaitersPath, nil, 403, notPrivileged},
		{ada, WaitersPath, nil, 200, `{"participants":[]}`},
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
	s := NewStaff(Open(t, Engines["sqlite"], Patient))
	guest := &Knocker{Browser: s.Anonymous()}
	require.Equal(t, strings.Repeat("é", 255), guest.Ask(strings.Repeat("é", 100_000)).JSON()["username"])
	s.Decide(guest.ID, true).Is(200, Decided)
	require.Equal(t, strings.Repeat("à", 255), guest.Ask(strings.Repeat("à", 256)).Claims()["name"])
}

func TestLobby_takes_no_more_than_may_wait(t *testing.T) {
	InLobby(t, func(s *Staff) {
		first, second, third := &Knocker{Browser: s.Anonymous()}, &Knocker{Browser: s.Anonymous()}, &Knocker{Browser: s.Anonymous()}
		first.Ask("1").Waits()
		second.Ask("2").Waits()
		a := third.Ask("3")
		require.Equal(t, http.StatusTooManyRequests, a.Status, a.Body)
		require.NotEmpty(t, a.Header.Get("Retry-After"))
		require.Empty(t, a.Header.Values("Set-Cookie"))
		first.Ask("1").Waits()
		s.Decide(first.ID, true).Is(200, Decided)
		third.Ask("3").Waits()
	}, Patient, func(_ *testing.T, c *config.Config) { c.Lobby.MaxWaiting = 2 })
}

func TestLobby_throttles_accounts_and_cookies_over_all_rooms(t *testing.T) {
	InLobby(t, func(s *Staff) {
		s.Who["ada"].Create(Object{"name": "Elsewhere", "access_level": "restricted"})
		const elsewhere = "/api/v1.0/rooms/elsewhere/request-entry/"
		for range 5 { // without an account or a cookie, a guest is new
			(&Knocker{Browser: s.Anonymous()}).Ask("New").Waits()
		}
		for _, k := range []*Knocker{{Browser: s.Who["mary"]}, {Browser: s.Who["ada"]}, {Browser: s.Anonymous(), Cookie: "text"}} {
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
