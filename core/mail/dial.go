package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// dial connects, switches to TLS and authenticates, as configured. hangUp must be
// called; the end of ctx does the same.
func (s *server) dial(ctx context.Context) (c *smtp.Client, hangUp func(), err error) {
	hangUp = func() {}
	policy := gomail.NoTLS
	if s.mail.StartTLS {
		policy = gomail.TLSMandatory
	}
	client, err := gomail.NewClient(s.mail.Host, append(s.auth(),
		gomail.WithPort(s.mail.ServerPort()), gomail.WithHELO(s.hello), gomail.WithTLSConfig(s.secure()), gomail.WithTLSPolicy(policy),
		gomail.WithTimeout(s.mail.Timeout), gomail.WithoutSMTPUTF8(), // addresses are already ASCII
		// The library leaves connections open that it cannot use, so it gets one
		// that we can close.
		gomail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			conn, err := s.connect(dialing, network, address)
			if err != nil {
				return nil, err
			}
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			hangUp = func() {
				stop()
				_ = conn.Close()
			}
			return conn, nil
		}))...)
	if err != nil {
		return nil, nil, err
	}
	c, err = client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		hangUp()
		return nil, nil, errors.Join(err, context.Cause(ctx))
	}
	return c, hangUp, nil
}

func (s *server) connect(ctx context.Context, network, address string) (net.Conn, error) {
	if s.mail.TLS {
		return (&tls.Dialer{Config: s.secure()}).DialContext(ctx, network, address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

func (s *server) secure() *tls.Config {
	return &tls.Config{
		ServerName: s.mail.Host, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: !s.mail.VerifyTLS, //nolint:gosec // the operator's choice: mail.verify_tls
	}
}

// auth returns the ways to authenticate, best first. A password only goes over an
// unencrypted connection if TLS is not configured, which is warned of at start.
func (s *server) auth() []gomail.Option {
	if s.mail.User == "" {
		return nil
	}
	ways := []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthCramMD5}
	if s.mail.StartTLS || s.mail.TLS {
		ways = append(ways, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
	} else {
		ways = append(ways, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc)
	}
	return []gomail.Option{
		gomail.WithOpportunisticSMTPAuth(ways...),
		gomail.WithUsername(s.mail.User), gomail.WithPassword(s.mail.Password.Reveal()),
	}
}
