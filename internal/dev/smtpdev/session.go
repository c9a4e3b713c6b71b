package smtpdev

import (
	"crypto/subtle"
	"io"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one client.
type session struct {
	server   *Server
	conn     *smtp.Conn
	known    bool // has sent the password
	envelope Message
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	o := s.server.options
	if _, encrypted := s.conn.TLSConnectionState(); o.Security == StartTLS && !encrypted {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "STARTTLS first"}
	}
	if o.User != "" && !s.known {
		return smtp.ErrAuthRequired
	}
	s.envelope = Message{Hello: s.conn.Hostname(), From: from}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.server.recipient(to); err != nil {
		return err
	}
	s.envelope.Recipients = append(s.envelope.Recipients, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.envelope.Raw = raw
	_, s.envelope.Encrypted = s.conn.TLSConnectionState()
	lost, err := s.server.take(s.envelope)
	if lost {
		return s.conn.Close()
	}
	return err
}

func (s *session) Reset() { s.envelope = Message{} }

func (s *session) Logout() error { return nil }

// AuthMechanisms offers PLAIN if a password is required.
func (s *session) AuthMechanisms() []string {
	if s.server.options.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	o := s.server.options
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != o.User || subtle.ConstantTimeCompare([]byte(password), []byte(o.Password)) != 1 {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}
