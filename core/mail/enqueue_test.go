package mail_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/mail"
	"foyer/internal/dev/smtpdev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

var wrongPassword = conf.NewSecret("battery horse")

func TestEnqueue_refuses_what_can_never_be_sent(t *testing.T) {
	p := onOne(t, smtpdev.Options{})
	for want, change := range map[string]func(m *module.Message){
		"no recipient":               func(m *module.Message) { m.Bcc = nil },
		"51 recipients":              func(m *module.Message) { m.Bcc = many(51) },
		`"nobody" is not an address`: func(m *module.Message) { m.To = []string{"nobody"} },
		`a@b.org\r\nBcc: x@y.org"`:   func(m *module.Message) { m.Bcc = append(m.Bcc, "a@b.org\r\nBcc: x@y.org") },
		"subject":                    func(m *module.Message) { m.Subject = "a\r\nBcc: x@y.org" },
		"subject is":                 func(m *module.Message) { m.Subject = " " },
		"its subject":                func(m *module.Message) { m.Subject = strings.Repeat("x", 501) },
		"its text":                   func(m *module.Message) { m.Text = "" },
		"its HTML":                   func(m *module.Message) { m.HTML = strings.Repeat("x", 300<<10) },
		"not a language":             func(m *module.Message) { m.Language = "fr\r\nBcc: x@y.org" },
	} {
		m := message("ada@example.org")
		change(&m)
		err := p.Enqueue(t.Context(), "test", m)
		require.ErrorIs(t, err, module.ErrGiveUp)
		require.ErrorContains(t, err, want)
	}
	m := message(append(many(50), many(50)...)...) // duplicates do not count
	require.NoError(t, p.Enqueue(t.Context(), "test", m))
}

func many(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("p%d@example.org", i))
	}
	return all
}

func TestEnqueue_stores_a_unique_message_once(t *testing.T) {
	onBoth(t, smtpdev.Options{}, func(t *testing.T, p *post) {
		m := message("ada@example.org")
		m.Unique = "recording 1 of ada"
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { require.NoError(t, p.Enqueue(t.Context(), "recording", m)) })
		}
		all.Wait()
		p.start()
		p.server.Await(t, 1)
		require.NoError(t, p.Enqueue(t.Context(), "recording", m), "it has been sent meanwhile")
		require.NoError(t, p.Enqueue(t.Context(), "summary", m), "keys belong to their owner")
		ids := map[string]bool{}
		for _, got := range p.server.Await(t, 2) {
			ids[got.ParseT(t).Header.Get("Message-Id")] = true
		}
		require.Len(t, ids, 2)
	})
}

func TestEnqueue_without_a_mail_server(t *testing.T) {
	for backend, want := range map[string]error{config.MailSMTP: mail.ErrOff, config.MailConsole: nil, config.MailNone: nil} {
		t.Run(backend, func(t *testing.T) {
			p := onOne(t, smtpdev.Options{})
			p.cfg.Host, p.cfg.Backend = "", backend
			p.restart()
			p.start()
			err := p.Enqueue(t.Context(), "test", message("ada@example.org"))
			require.ErrorIs(t, err, want)
			if backend == config.MailConsole {
				require.Eventually(t, func() bool { return strings.Contains(p.log.String(), "Bonjour Zoë") }, patience, tick)
			}
			require.Empty(t, p.server.Messages())
		})
	}
}
