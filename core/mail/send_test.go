package mail_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/jobs"
	"foyer/core/mail"
	"foyer/internal/dev/smtpdev"
	"foyer/sdk/module"
)

func TestSend_gives_one_message_with_both_bodies_to_all(t *testing.T) {
	p := onOne(t, smtpdev.Options{})
	p.start()
	m := message("ada@example.org", "Ada@example.org", "ada@example.org", "grace@münchen.example")
	m.To = []string{"alan@example.org"}
	require.NoError(t, p.Enqueue(t.Context(), "test", m))
	got := p.server.Await(t, 1)[0]
	require.Equal(t, "foyer@example.org", got.From)
	require.Equal(t, []string{"alan@example.org", "ada@example.org", "Ada@example.org", "grace@xn--mnchen-3ya.example"}, got.Recipients)
	c := got.ParseT(t)
	require.Equal(t, []string{"Bonjour Zoë", "plain é\n", "<p>é</p>"}, []string{c.Subject, c.Text, c.HTML})
	require.Equal(t, `"Foyer" <foyer@example.org>`, c.Header.Get("From"))
	require.Equal(t, "<alan@example.org>", c.Header.Get("To"))
	require.Equal(t, "fr-fr", c.Header.Get("Content-Language"))
	require.Equal(t, "auto-generated", c.Header.Get("Auto-Submitted"))
	require.Regexp(t, `^<[0-9a-f-]{36}@example\.org>$`, c.Header.Get("Message-Id"))
	date, err := c.Header.Date()
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), date, time.Minute)
	for _, hidden := range []string{"ada@", "grace@", "Bcc"} {
		require.NotContains(t, string(got.Raw), hidden)
	}
}

func TestSend_to_hidden_recipients_alone_has_no_To(t *testing.T) {
	p := onOne(t, smtpdev.Options{})
	p.start()
	p.send("ada@example.org")
	require.NotContains(t, p.server.Await(t, 1)[0].ParseT(t).Header, "To")
}

func TestSend_waits_for_a_server_that_is_down(t *testing.T) {
	onBoth(t, smtpdev.Options{}, func(t *testing.T, p *post) {
		p.server.Down()
		p.start()
		p.send("ada@example.org")
		p.send("grace@example.org")
		require.Eventually(t, func() bool { return p.server.Connections() >= 3 }, patience, tick)
		p.restart() // and a restart loses nothing
		p.start()
		p.server.Up()
		all := p.server.Await(t, 2)
		require.ElementsMatch(t, []string{"ada@example.org", "grace@example.org"}, append(all[0].Recipients, all[1].Recipients...))
		require.NotContains(t, p.log.String(), "given up")
	})
}

func TestSend_hangs_up_on_a_server_that_stalls(t *testing.T) {
	p := onOne(t, smtpdev.Options{})
	p.cfg.Timeout = time.Second
	p.restart()
	p.server.Stall()
	p.start()
	p.send("ada@example.org")
	require.Eventually(t, func() bool { return strings.Contains(p.log.String(), "context deadline exceeded") }, patience, tick)
	p.server.Up()
	p.server.Await(t, 1)
}

// The time-out of an attempt is longer than the shutdown may take.
func TestInterrupt_ends_attempts_that_wait_for_the_server(t *testing.T) {
	p := onOne(t, smtpdev.Options{})
	p.server.Stall()
	p.start()
	p.send("ada@example.org")
	require.Eventually(t, func() bool { return p.server.Connections() >= 1 }, patience, tick)
	p.Interrupt()
	ctx, cancel := context.WithTimeout(t.Context(), p.cfg.Timeout/2)
	defer cancel()
	require.NoError(t, p.jobs.Stop(ctx))
	p.server.Up()
	p.restart()
	p.start()
	p.server.Await(t, 1)
}

func TestSend_tries_again_only_those_who_are_put_off(t *testing.T) {
	onBoth(t, smtpdev.Options{}, func(t *testing.T, p *post) {
		p.server.Refuse("later@example.org", 451)
		p.server.Refuse("gone@example.org", 550)
		p.start()
		p.send("ada@example.org", "later@example.org", "gone@example.org", "grace@example.org")
		first := p.server.Await(t, 1)[0]
		require.Equal(t, []string{"ada@example.org", "grace@example.org"}, first.Recipients)

		lost := p.givenUp(1)[0]
		require.Equal(t, "core.mail", lost.Topic)
		require.Equal(t, 1, lost.Attempts)
		require.Contains(t, lost.Error(), "gone@example.org (550")
		require.NotContains(t, lost.Error(), "later@")
		require.Contains(t, p.log.String(), "level=ERROR msg=\"job given up\"")

		p.server.Refuse("later@example.org", 0)
		rest := p.server.Await(t, 2)[1]
		require.Equal(t, []string{"later@example.org"}, rest.Recipients)
		require.Equal(t, first.ParseT(t).Header.Get("Message-Id"), rest.ParseT(t).Header.Get("Message-Id"))
		p.givenUp(1)
	})
}

func TestSend_gives_up_what_is_refused_for_good(t *testing.T) {
	for name, refuse := range map[string]func(*smtpdev.Server){
		"every recipient": func(s *smtpdev.Server) { s.Refuse("ada@example.org", 550) },
		"the message":     func(s *smtpdev.Server) { s.RefuseMessages(554) },
		"its size":        func(s *smtpdev.Server) { s.RefuseMessages(552) },
	} {
		t.Run(name, func(t *testing.T) {
			p := onOne(t, smtpdev.Options{})
			refuse(p.server)
			p.start()
			p.send("ada@example.org")
			require.Equal(t, 1, p.givenUp(1)[0].Attempts)
			require.Empty(t, p.server.Messages())
		})
	}
}

func TestSend_tries_again_what_is_put_off(t *testing.T) {
	recipient := func(s *smtpdev.Server, code int) { s.Refuse("ada@example.org", code) }
	for name, x := range map[string]struct {
		refuse func(s *smtpdev.Server, code int)
		code   int
	}{
		"every recipient":                {recipient, 451},
		"too many recipients":            {recipient, 452},
		"too many recipients, as it was": {recipient, 552},
		"the server goes down":           {recipient, 421},
		"a password is demanded":         {recipient, 530},
		"the message":                    {(*smtpdev.Server).RefuseMessages, 451},
	} {
		t.Run(name, func(t *testing.T) {
			p := onOne(t, smtpdev.Options{})
			x.refuse(p.server, x.code)
			p.start()
			p.send("ada@example.org")
			require.Eventually(t, func() bool { return p.server.Connections() >= 2 }, patience, tick)
			require.NotContains(t, p.log.String(), "given up")
			x.refuse(p.server, 0)
			p.server.Await(t, 1)
		})
	}
}

// Whether an answer concerns us or the recipient shows in its enhanced code (RFC 3463),
// not in the command that it follows.
func TestSend_tells_what_is_about_us_from_what_is_about_the_recipient(t *testing.T) {
	recipient := func(s *smtpdev.Server, code int, enhanced string) { s.RefuseSaying("ada@example.org", code, enhanced) }
	for _, x := range []struct {
		name, enhanced string
		code           int
		refuse         func(s *smtpdev.Server, code int, enhanced string)
		lost           bool
	}{
		{"the mailbox is unknown", "5.1.1", 550, recipient, true},
		{"the domain is unknown", "5.1.2", 550, recipient, true},
		{"the address cannot be one", "5.1.3", 501, recipient, true},
		{"the mailbox has moved", "5.1.6", 551, recipient, true},
		{"the domain takes no mail", "5.1.10", 556, recipient, true},
		{"the mailbox is disabled", "5.2.1", 550, recipient, true},
		{"a refusal without an enhanced code", "", 550, recipient, true},
		{"the mailbox is full", "5.2.2", 552, recipient, false},
		{"our HELO is not a full name", "5.5.2", 504, recipient, false},
		{"our HELO, without an enhanced code", "", 504, recipient, false},
		{"relaying is denied", "5.7.1", 554, recipient, false},
		{"relaying is denied, without an enhanced code", "", 554, recipient, false},
		{"the sender is not ours", "5.7.1", 553, recipient, false},
		{"the sender's mailbox is malformed", "5.1.7", 553, recipient, false},
		{"the sender's domain does not exist", "5.1.8", 550, recipient, false},
		{"our address is on a blocklist", "5.7.1", 550, recipient, false},
		{"the server is set up badly", "5.3.5", 550, recipient, false},
		{"the message is too large", "5.3.4", 552, (*smtpdev.Server).RefuseMessagesSaying, true},
		{"the message has content nobody takes", "5.6.1", 554, (*smtpdev.Server).RefuseMessagesSaying, true},
		{"the message is against a policy", "5.7.1", 550, (*smtpdev.Server).RefuseMessagesSaying, false},
		{"we spoke out of turn", "5.5.1", 503, (*smtpdev.Server).RefuseMessagesSaying, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := onOne(t, smtpdev.Options{})
			x.refuse(p.server, x.code, x.enhanced)
			p.start()
			p.send("ada@example.org")
			if x.lost {
				require.Equal(t, 1, p.givenUp(1)[0].Attempts)
				return
			}
			require.Eventually(t, func() bool { return p.server.Connections() >= 2 }, patience, tick)
			waiting, err := p.jobs.List(t.Context(), jobs.Filter{Topic: mail.Topic, Limit: 10})
			require.NoError(t, err)
			require.Len(t, waiting, 1, "the letter is kept")
			require.Contains(t, waiting[0].Error(), strconv.Itoa(x.code), "and says what it waits for")
			x.refuse(p.server, 0, "")
			p.server.Await(t, 1)
		})
	}
}

func TestSend_greets_with_a_name_that_mail_servers_take(t *testing.T) {
	for configured, want := range map[string]string{"": "example.org", "meet.example.net": "meet.example.net", "[192.0.2.1]": "[192.0.2.1]"} {
		t.Run(want, func(t *testing.T) {
			p := onOne(t, smtpdev.Options{})
			p.cfg.Hello = configured
			p.restart()
			p.start()
			p.send("ada@example.org")
			require.Equal(t, want, p.server.Await(t, 1)[0].Hello)
		})
	}
}

func TestSend_again_after_a_lost_answer_is_the_same_message(t *testing.T) {
	p := onOne(t, smtpdev.Options{})
	p.server.LoseAnswers(1)
	p.start()
	m := message("ada@example.org")
	m.Unique = "once"
	require.NoError(t, p.Enqueue(t.Context(), "test", m))
	all := p.server.Await(t, 2)
	a, b := all[0].ParseT(t).Header, all[1].ParseT(t).Header
	require.Equal(t, a.Get("Message-Id"), b.Get("Message-Id"))
	require.Equal(t, a.Get("Date"), b.Get("Date"))
}

func TestSend_speaks_TLS_and_signs_in(t *testing.T) {
	for name, o := range map[string]smtpdev.Options{
		"password without TLS":       {User: "foyer", Password: "correct horse"},
		"STARTTLS":                   {Security: smtpdev.StartTLS},
		"STARTTLS with password":     {Security: smtpdev.StartTLS, User: "foyer", Password: "correct horse"},
		"implicit TLS":               {Security: smtpdev.TLS},
		"implicit TLS with password": {Security: smtpdev.TLS, User: "foyer", Password: "correct horse"},
	} {
		t.Run(name, func(t *testing.T) {
			p := onOne(t, o)
			p.start()
			p.send("ada@example.org")
			require.Equal(t, o.Security != smtpdev.Plain, p.server.Await(t, 1)[0].Encrypted)
		})
	}
}

// A fault on our side can be put right: until then nothing is lost.
func TestSend_keeps_what_a_wrong_configuration_holds_up(t *testing.T) {
	for name, x := range map[string]struct {
		options smtpdev.Options
		wrong   func(p *post)
		told    string
	}{
		"a password that is wrong": {smtpdev.Options{Security: smtpdev.TLS, User: "foyer", Password: "correct horse"},
			func(p *post) { p.cfg.Password = wrongPassword }, "535"},
		"a password that is missing": {smtpdev.Options{User: "foyer", Password: "correct horse"},
			func(p *post) { p.cfg.User = "" }, "name sender foyer@example.org"},
		"a certificate that nobody vouches for": {smtpdev.Options{Security: smtpdev.StartTLS},
			func(p *post) { p.cfg.VerifyTLS = true }, "failed to verify certificate"},
		"TLS that the server does not speak": {smtpdev.Options{},
			func(p *post) { p.cfg.StartTLS = true }, "does not support STARTTLS"},
	} {
		t.Run(name, func(t *testing.T) {
			p := onOne(t, x.options)
			right := p.cfg
			x.wrong(p)
			p.restart()
			p.start()
			p.send("ada@example.org")
			require.Eventually(t, func() bool { return strings.Contains(p.log.String(), x.told) }, patience, tick)
			require.NotContains(t, p.log.String(), "given up")
			require.NotContains(t, p.log.String(), "horse")
			p.cfg = right
			p.restart()
			p.start()
			p.server.Await(t, 1)
		})
	}
}

// Removing mail.host does not discard what was to be sent.
func TestSend_without_a_mail_server_loses_no_attempt(t *testing.T) {
	onBoth(t, smtpdev.Options{}, func(t *testing.T, p *post) {
		p.send("ada@example.org")
		right := p.cfg
		p.cfg.Host = ""
		p.restart()
		p.start()
		require.Eventually(t, func() bool { return p.worked.Load() >= 2 }, patience, tick)
		require.Empty(t, p.log.String())
		p.cfg = right
		p.restart()
		p.start()
		p.server.Await(t, 1)
		require.Empty(t, p.log.String())
	})
}

func TestWork_gives_up_what_is_no_letter(t *testing.T) {
	p := onOne(t, smtpdev.Options{})
	for _, j := range []module.Job{{Kind: "other", Args: []byte(`{}`)}, {Kind: "send", Args: []byte(`[]`)}} {
		require.ErrorIs(t, p.Work(t.Context(), j), module.ErrGiveUp)
	}
}

func TestSend_again_after_the_server_took_a_letter_sends_nothing(t *testing.T) {
	onBoth(t, smtpdev.Options{}, func(t *testing.T, p *post) {
		p.forgets = true
		p.start()
		p.send("ada@example.org")
		p.server.Await(t, 1)
		require.Eventually(t, func() bool { return p.worked.Load() == 2 }, patience, tick)
		require.Len(t, p.server.Messages(), 1)
	})
}
