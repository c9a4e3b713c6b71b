package invitations_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/smtpdev"
)

const (
	invited  = `{"status":"success","message":"invitations sent"}`
	badEmail = `["Enter a valid email address."]`
)

// mailed is a change that connects a mail server.
func mailed(s *smtpdev.Server) coretest.Setting {
	return func(_ *testing.T, c *config.Config) {
		m := &c.Mail
		m.Backend, m.Host, m.Port, m.From = config.MailSMTP, s.Host, s.Port, "Meet <meet@example.org>"
		m.BrandName, m.LogoURL, m.Support = "Meet & Greet", "https://meet.example.org/logo.png", "help@example.org"
		m.Domain = "meet.example.org"
	}
}

// inviting is a house with a mail server in which ada has the room "the-room".
func inviting(t *testing.T, change ...coretest.Setting) (*smtpdev.Server, *coretest.House, *coretest.Browser) {
	t.Helper()
	server := smtpdev.StartT(t, smtpdev.Options{})
	h := coretest.Open(t, append(change, mailed(server))...)
	ada := h.SignIn("ada")
	ada.Create(coretest.Object{"name": "The Room", "access_level": "restricted"})
	return server, h, ada
}

func invite(b *coretest.Browser, emails any, header ...string) coretest.Answer {
	b.House.Helper()
	return b.Send(http.MethodPost, "/api/v1.0/rooms/the-room/invite/", coretest.Object{"emails": emails}, header...)
}

func TestInvitation_is_one_message_to_all(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		server, _, ada := inviting(t, engine)
		invite(ada, []string{"grace@example.org", " Grace@example.org", "grace@example.org", "a@localhost"}).Is(200, invited)
		m := server.Await(t, 1)[0]
		require.Equal(t, "meet@example.org", m.From)
		require.Equal(t, []string{"grace@example.org", "Grace@example.org", "a@localhost"}, m.Recipients)
		p := m.ParseT(t)
		require.Equal(t, "Video call in progress: ada@example.org is waiting for you to connect", p.Subject)
		require.Equal(t, `"Meet" <meet@example.org>`, p.Header.Get("From"))
		require.NotContains(t, p.Header, "To")
		require.NotContains(t, p.Header, "Bcc")
		require.NotContains(t, string(m.Raw), "race@example.org")
		for _, part := range []string{
			"https://meet.example.org/logo.png", "https://meet.example.org/the-room", " meet.example.org/the-room", "ada@example.org",
			"Join the call", "Firefox", "help@example.org",
		} {
			require.Contains(t, p.Text, part)
			require.Contains(t, strings.ReplaceAll(p.HTML, ">", " "), part)
		}
		require.Contains(t, p.Text, "Meet & Greet")
		require.Contains(t, p.HTML, "Meet &amp; Greet")
		require.Contains(t, p.HTML, `<a href="https://meet.example.org/the-room"`)
	})
}

func TestInvitation_speaks_the_language_of_the_request(t *testing.T) {
	t.Parallel()
	server, _, ada := inviting(t, coretest.Engines["sqlite"])
	for i, x := range []struct{ accept, cookie, language, headline string }{
		{"", "", "en", "ada@example.org invites you to a video call"},
		{"en-GB,en;q=0.9", "", "en", "ada@example.org invites you to a video call"},
		{"fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "", "fr", "ada@example.org vous invite à une visioconférence"},
		{"nl", "", "nl", "ada@example.org nodigt u uit voor een videogesprek"},
		{"de-AT", "", "de", "ada@example.org lädt Sie zu einer Videokonferenz ein"},
		{"ja, zh;q=0.5", "", "en", "ada@example.org invites you to a video call"},
		{"de", "fr-fr", "fr", "ada@example.org vous invite à une visioconférence"},
		{"de", "no language", "de", "ada@example.org lädt Sie zu einer Videokonferenz ein"},
		{"de", "xx; django_language=fr-fr", "fr", "ada@example.org vous invite à une visioconférence"},
		{"de", "fr-fr; django_language=xx", "fr", "ada@example.org vous invite à une visioconférence"},
		{strings.Repeat("x-", 500), "", "en", "ada@example.org invites you to a video call"},
	} {
		header := []string{"Accept-Language", x.accept}
		if x.cookie != "" {
			header = append(header, "Cookie", "django_language="+x.cookie)
		}
		invite(ada, []string{"grace@example.org"}, header...).Is(200, invited)
		p := server.Await(t, i+1)[i].ParseT(t)
		require.Equal(t, "Video call in progress: ada@example.org is waiting for you to connect", p.Subject, "English always")
		require.Equal(t, x.language, p.Header.Get("Content-Language"), x.accept)
		require.Contains(t, p.Text, x.headline)
		require.Contains(t, p.HTML, `<html lang="`+x.language+`">`)
		require.Contains(t, p.HTML, x.headline)
	}
}

func TestInvitation_waits_for_a_mail_server_that_is_down_and_is_sent_once(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		server, h, ada := inviting(t, engine)
		server.Down()
		invite(ada, []string{"grace@example.org"}).Is(200, invited)
		invite(ada, []string{"alan@example.org"}).Is(200, invited)
		require.Eventually(t, func() bool { return server.Connections() >= 3 }, coretest.WaitLong, coretest.WaitShort)
		server.Up()
		all := server.Await(t, 2)
		require.ElementsMatch(t, []string{"grace@example.org", "alan@example.org"}, append(all[0].Recipients, all[1].Recipients...))
		require.NotContains(t, h.Logs.String(), "job given up")
	})
}

// The house fails the test if it does not shut down cleanly.
func TestInvitation_held_up_by_the_mail_server_does_not_hold_up_the_end(t *testing.T) {
	t.Parallel()
	server, _, ada := inviting(t, coretest.Engines["sqlite"])
	server.Stall()
	invite(ada, []string{"grace@example.org"}).Is(200, invited)
	require.Eventually(t, func() bool { return server.Connections() >= 1 }, coretest.WaitLong, coretest.WaitShort)
}

func TestInvitation_faults_name_the_items(t *testing.T) {
	t.Parallel()
	server, _, ada := inviting(t, coretest.Engines["sqlite"])
	for text, want := range map[string]string{
		`{}`:                                 `{"emails":["This field is required."]}`,
		`{"emails":null}`:                    `{"emails":["This field may not be null."]}`,
		`{"emails":[]}`:                      `{"emails":["This list may not be empty."]}`,
		`{"emails":"a@example.org"}`:         `{"emails":["Expected a list of items but got type \"str\"."]}`,
		`{"emails":["a@b","nobody"]}`:        `{"emails":{"0":` + badEmail + `,"1":` + badEmail + `}}`,
		`{"emails":["a@localhost","a@b"]}`:   `{"emails":{"1":` + badEmail + `}}`,
		`{"emails":["a@example.org",""]}`:    `{"emails":{"1":["This field may not be blank."]}}`,
		`{"emails":["é@example.org",true]}`:  `{"emails":{"0":` + badEmail + `,"1":["Not a valid string."]}}`,
		`{"emails":["a\u0000@example.org"]}`: `{"emails":{"0":["Null characters are not allowed."]}}`,
	} {
		ada.Send(http.MethodPost, "/api/v1.0/rooms/the-room/invite/", text).Is(400, want)
	}
	require.Empty(t, server.Messages())
}

func TestInvitation_refuses_injections(t *testing.T) {
	t.Parallel()
	server, _, ada := inviting(t, coretest.Engines["sqlite"])
	for _, evil := range []string{
		"a@example.org\r\nBcc: evil@example.org", "a@example.org\nSubject: x", "a@example.org\r\n\r\nbody", "a@example.org>\r\nRCPT TO:<evil@example.org",
		"a@example.org,evil@example.org", "Evil <evil@example.org>", "<evil@example.org>", "\"a\r\nb\"@example.org", "a@example.org\u2028x", "a@exa\tmple.org",
	} {
		encoded, err := json.Marshal(coretest.Object{"emails": []string{evil}})
		require.NoError(t, err)
		ada.Send(http.MethodPost, "/api/v1.0/rooms/the-room/invite/", string(encoded)).Is(400, `{"emails":{"0":`+badEmail+`}}`)
	}
	require.Empty(t, server.Messages())
	require.Zero(t, server.Connections())
}

func TestInvitation_is_for_50_at_most(t *testing.T) {
	t.Parallel()
	server, _, ada := inviting(t, coretest.Engines["sqlite"])
	var emails []string
	for i := range 51 {
		emails = append(emails, fmt.Sprintf("p%d@example.org", i))
	}
	invite(ada, emails).Is(400, `{"emails":["Ensure this field has no more than 50 elements."]}`)
	invite(ada, emails[:50]).Is(200, invited)
	require.Equal(t, emails[:50], server.Await(t, 1)[0].Recipients)
}

func TestInvitation_of_an_account_without_an_address_gives_its_name_on_one_line(t *testing.T) {
	t.Parallel()
	server, h, _ := inviting(t, coretest.Engines["sqlite"])
	zoe := h.Anonymous()
	a := zoe.Get("/api/v1.0/authenticate/?login_hint=zoe&returnTo=/api/v1.0/users/me/")
	require.Equal(t, 200, a.Status, a.Body)
	require.Nil(t, a.JSON()["email"])
	room := zoe.Create(coretest.Object{"name": "Zoë's <b>room</b>"})
	zoe.Send(http.MethodPost, "/api/v1.0/rooms/"+room["id"].(string)+"/invite/", coretest.Object{"emails": []string{"grace@example.org"}}).Is(200, invited)
	m := server.Await(t, 1)[0]
	require.Equal(t, []string{"grace@example.org"}, m.Recipients)
	p := m.ParseT(t)
	require.Equal(t, "Video call in progress: Zoë Bcc: evil@example.org Hill is waiting for you to connect", p.Subject)
	require.NotContains(t, p.Header, "Bcc")
}

func TestInvitation_without_a_mail_server_is_refused(t *testing.T) {
	t.Parallel()
	for logged, change := range map[string]coretest.Setting{
		"mail.host is not set":                             func(_ *testing.T, c *config.Config) { c.Mail.Host = "" },
		"neither mail.base_url nor http.public_url is set": func(_ *testing.T, c *config.Config) { c.Mail.BaseURL = "" },
	} {
		t.Run(logged, func(t *testing.T) {
			t.Parallel()
			server := smtpdev.StartT(t, smtpdev.Options{})
			h := coretest.Open(t, coretest.Engines["sqlite"], mailed(server), change)
			ada := h.SignIn("ada")
			ada.Create(coretest.Object{"name": "The Room"})
			invite(ada, []string{"nobody"}).Is(400, `{"emails":{"0":`+badEmail+`}}`)
			invite(ada, []string{"grace@example.org"}).Is(500, `{"detail":"Mail is not configured."}`)
			require.True(t, strings.Contains(h.Logs.String(), logged))
			require.Zero(t, server.Connections())
		})
	}
}

func TestInvitations_are_throttled_by_account(t *testing.T) {
	t.Parallel()
	_, h, ada := inviting(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Throttles.Invite = "2/day" })
	for range 2 {
		invite(ada, []string{"grace@example.org"}).Is(200, invited)
	}
	require.Equal(t, 429, invite(ada, []string{"grace@example.org"}).Status)
	invite(h.SignIn("grace"), []string{"ada@example.org"}).Is(403, `{"detail":"You must have privileges on room to perform this action."}`)
}
