package moduletest

import (
	"context"
	"fmt"
	"sync"

	"foyer/sdk/hostapi"
	"foyer/sdk/module"
)

// Brand is what Outbox says about the product.
var Brand = module.Brand{
	Name: "Foyer", LogoURL: "https://meet.example.org/logo.png", SupportEmail: "help@example.org",
	Domain: "meet.example.org", BaseURL: "https://meet.example.org",
}

// Outbox stands in for core/mail, which needs a database and jobs: it keeps
// modules' messages as core/mail would store them for sending.
type Outbox struct {
	mu       sync.Mutex
	messages []module.Message
	seen     map[string]bool
}

func (o *Outbox) For(moduleName string) module.Mail {
	return outboxOf{hostapi.Parts{}.Host().Mail(), o, moduleName}
}

// Messages returns those that were enqueued, without the repeats of unique ones.
func (o *Outbox) Messages() []module.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]module.Message(nil), o.messages...)
}

type outboxOf struct {
	module.Mail // methods added later are module.ErrUnsupported
	*Outbox
	owner string
}

func (o outboxOf) Enqueue(_ context.Context, m module.Message) error {
	if len(m.To)+len(m.Bcc) == 0 {
		return fmt.Errorf("a message without recipients: %w", module.ErrGiveUp)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if key := o.owner + "\x00" + m.Unique; m.Unique != "" {
		if o.seen[key] {
			return nil
		}
		if o.seen == nil {
			o.seen = map[string]bool{}
		}
		o.seen[key] = true
	}
	o.messages = append(o.messages, m)
	return nil
}

func (o outboxOf) Brand(context.Context) (module.Brand, error) { return Brand, nil }
