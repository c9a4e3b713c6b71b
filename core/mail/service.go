package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"time"

	"foyer/core/config"
	"foyer/core/store"
	letters "foyer/sdk/letter"
	"foyer/sdk/module"
)

// Topic is the name under which letters are stored as jobs.
const Topic = "core.mail"

// ErrOff means that no mail is sent because mail.host is not set. Another start
// may change that, so jobs waiting for it lose no attempt.
var ErrOff = fmt.Errorf("no mail is sent: mail.host is not set (%w)", module.ErrPostponed)

// kept is how long a unique message is remembered.
const kept = 30 * 24 * time.Hour

// Jobs stores jobs; *jobs.Client does.
type Jobs interface {
	Enqueue(ctx context.Context, topic, kind string, args any, o module.JobOptions) error
	EnqueueTx(ctx context.Context, tx *store.Tx, topic, kind string, args any, o module.JobOptions) error
}

// Store runs transactions and keeps small values; *store.Store does.
type Store interface {
	InTx(ctx context.Context, f func(*store.Tx) error) error
	KVGet(ctx context.Context, ns, key string, now time.Time) ([]byte, error)
	KVPut(ctx context.Context, ns, key string, value []byte, expires *time.Time) error
}

// Options are what New needs.
type Options struct {
	Mail  config.Mail
	Store Store
	Jobs  Jobs
	Log   *slog.Logger
}

// Service accepts messages and sends them. It is safe for concurrent use.
type Service struct {
	store  Store
	jobs   Jobs
	log    *slog.Logger
	out    transport // nil = ErrOff
	stop   func()    // see Interrupt
	brand  module.Brand
	domain string // of Message-IDs
}

// transport sends a letter to its recipients. The error concerns all of them; if
// it is nil, fates has the outcome for each.
type transport interface {
	send(ctx context.Context, l letter) (fates, error)
}

// New returns the service; it does not connect.
func New(o Options) (*Service, error) {
	m := o.Mail
	from, err := netmail.ParseAddress(m.From)
	if err != nil {
		return nil, fmt.Errorf("mail.from: %w", err)
	}
	if address, ok := letters.Address(from.Address); ok {
		from.Address = address
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	ending, stop := context.WithCancel(context.Background())
	s := &Service{store: o.Store, jobs: o.Jobs, log: o.Log, stop: stop, domain: domain, brand: module.Brand{
		Name: m.BrandName, LogoURL: m.LogoURL, SupportEmail: m.Support, Domain: m.Domain, BaseURL: m.BaseURL,
	}}
	switch {
	case !m.Sends():
	case m.Backend == config.MailSMTP:
		s.out = &server{mail: m, from: from, hello: cmp.Or(m.Hello, domain), ending: ending}
	default:
		s.out = &drain{log: o.Log, loud: m.Backend == config.MailConsole}
	}
	return s, nil
}

func (s *Service) Name() string { return Topic }

// Brand is what messages say about the product.
func (s *Service) Brand() module.Brand { return s.brand }

// For returns the mail service of a module, which sends in its name.
func (s *Service) For(owner string) module.Mail { return owned{s, owner} }

type owned struct {
	service *Service
	owner   string
}

func (o owned) Enqueue(ctx context.Context, m module.Message) error {
	return o.service.Enqueue(ctx, o.owner, m)
}

func (o owned) Brand(context.Context) (module.Brand, error) { return o.service.brand, nil }

// Interrupt breaks off attempts that have not reached the message itself, now and
// from now on, so that a stalling mail server does not delay the gateway's stop.
// The next start tries again.
func (s *Service) Interrupt() { s.stop() }

// Enqueue stores a message of owner's, which is a module or a topic of the core:
// see module.Mail.
func (s *Service) Enqueue(ctx context.Context, owner string, m module.Message) error {
	if s.out == nil {
		return ErrOff
	}
	now := time.Now()
	l, err := write(owner, m, s.domain, now)
	if err != nil {
		return fmt.Errorf("message %q cannot be sent: %w", m.Subject, errors.Join(err, module.ErrGiveUp))
	}
	if m.Unique == "" {
		return s.jobs.Enqueue(ctx, Topic, kindSend, l, module.JobOptions{})
	}
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		expires := now.Add(kept)
		first, err := tx.KVPutIfAbsent(ctx, Topic, uniqueKey(owner, m.Unique), nil, &expires, now)
		if err != nil || !first {
			return err
		}
		return s.jobs.EnqueueTx(ctx, tx, Topic, kindSend, l, module.JobOptions{})
	})
}
