package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"

	"github.com/wneessen/go-mail/smtp"

	"foyer/core/config"
)

// errInterrupted means that the gateway is stopping.
var errInterrupted = errors.New("interrupted: the gateway ends")

// server is the transport to the configured mail server.
type server struct {
	mail   config.Mail
	from   *netmail.Address
	hello  string          // our name in EHLO
	ending context.Context // ends with Service.Interrupt
}

// send sends a letter to its recipients, in one transaction on one connection.
func (s *server) send(ctx context.Context, l letter) (fates, error) {
	content, err := compose(l, s.from)
	if err != nil {
		return fates{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.mail.Timeout)
	defer cancel()
	late := context.AfterFunc(s.ending, cancel)
	defer late()
	c, hangUp, err := s.dial(ctx)
	if err != nil {
		return fates{}, fmt.Errorf("reach mail server %s: %w", s.mail.Host, err)
	}
	defer hangUp()
	f, err := deliver(c, s.from.Address, l.recipients(), content, late)
	if err == nil {
		_ = c.Quit() // what was accepted is accepted
	}
	return f, err
}

// deliver is the transaction (RFC 5321 3.3). A refused recipient does not keep
// the others from getting the message. late is called before the message itself
// is sent; if it returns false, it is too late for that.
func deliver(c *smtp.Client, from string, recipients []string, content []byte, late func() bool) (fates, error) {
	if err := c.Mail("<" + from + ">"); err != nil { // about the sender, which can be corrected
		return fates{}, fmt.Errorf("name sender %s: %w", from, err)
	}
	var f fates
	for _, r := range recipients {
		if err := f.add(r, c.Rcpt("<"+r+">")); err != nil {
			return fates{}, err
		}
	}
	if len(f.taken) == 0 {
		return f, nil
	}
	if !late() {
		return fates{}, errInterrupted
	}
	w, err := c.Data()
	if err != nil {
		return fates{}, fmt.Errorf("begin message: %w", ofMessage(err))
	}
	if _, err := w.Write(content); err != nil {
		return fates{}, fmt.Errorf("send message: %w", err)
	}
	if err := w.Close(); err != nil {
		return fates{}, fmt.Errorf("end message: %w", ofMessage(err))
	}
	return f, nil
}
