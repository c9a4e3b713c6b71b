package memory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"foyer/sdk/letter"
	"foyer/sdk/module"
)

// remembered is how long repeats of a unique message are no-ops.
const remembered = 30 * 24 * time.Hour

// sent is a message that would have been sent.
type sent struct {
	module.Message
	owner string
	at    time.Time
}

// mail implements module.Mail.
type mail struct {
	gateway *Gateway
	name    string
}

func (m mail) Enqueue(_ context.Context, message module.Message) error {
	if m.gateway.options.NoMail {
		return fmt.Errorf("no mail is sent: there is no mail server (%w)", module.ErrPostponed)
	}
	message, err := letter.Check(message)
	if err != nil {
		return fmt.Errorf("message %q cannot be sent: %w: %w", message.Subject, err, module.ErrGiveUp)
	}
	m.gateway.mu.Lock()
	defer m.gateway.mu.Unlock()
	now := m.gateway.now()
	repeats := func(s sent) bool {
		return s.owner == m.name && s.Unique == message.Unique && now.Before(s.at.Add(remembered))
	}
	if message.Unique == "" || !slices.ContainsFunc(m.gateway.mail, repeats) {
		m.gateway.mail = append(m.gateway.mail, sent{message, m.name, now})
	}
	return nil
}

func (m mail) Brand(context.Context) (module.Brand, error) { return m.gateway.options.Brand, nil }

// Messages returns the messages of a module that the gateway would have sent by
// now, in order. "" = those of all modules.
func (g *Gateway) Messages(moduleName string) []module.Message {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []module.Message
	for _, s := range g.mail {
		if moduleName == "" || s.owner == moduleName {
			list = append(list, s.Message)
		}
	}
	return list
}
