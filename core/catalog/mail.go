package catalog

import (
	"context"

	"foyer/core/module"
)

// MailService sends mail in the name of one module; *mail.Service is one.
type MailService interface {
	// For gives mail to the module of that name: its unique keys.
	For(moduleName string) module.Mail
}

// Mail is module.Host.
func (h *host) Mail() module.Mail { return h.services.Mail.For(h.name) }

// Mail is module.Host.
func (g granted) Mail() module.Mail {
	if g.needs.Mail {
		return g.host.Mail()
	}
	return refusedMail{}
}

type refusedMail struct{}

func (refusedMail) Enqueue(context.Context, module.Message) error { return module.ErrNotGranted }

func (refusedMail) Brand(context.Context) (module.Brand, error) {
	return module.Brand{}, module.ErrNotGranted
}
