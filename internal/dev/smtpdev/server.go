package smtpdev

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"sync"

	"github.com/emersion/go-smtp"
)

// Security is how a server uses TLS.
type Security int

// The uses of TLS.
const (
	Plain    Security = iota // no TLS
	StartTLS                 // required before a message is accepted
	TLS                      // from the first byte
)

// Options are the arguments of Start; the zero value is a server that accepts everything
// from everybody, without TLS.
type Options struct {
	Security Security
	// User and Password are required of clients unless User is "".
	User, Password string
}

// Server is a running server. It is safe for concurrent use.
type Server struct {
	Host string // 127.0.0.1
	Port int

	options Options
	smtp    *smtp.Server
	gate    *gate
	ended   chan error

	mu       sync.Mutex
	messages []Message
	faults   faults
}

// Start listens on a free loopback port.
func Start(ctx context.Context, o Options) (*Server, error) {
	s := &Server{options: o, ended: make(chan error, 1), faults: faults{recipients: map[string]error{}}}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start smtp server: %w", err)
	}
	addr, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil {
		return nil, fmt.Errorf("start smtp server: %w", errors.Join(err, l.Close()))
	}
	s.Host, s.Port = addr.Addr().String(), int(addr.Port())
	s.gate = &gate{Listener: l, held: map[net.Conn]struct{}{}}
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	s.smtp.Domain = "localhost"
	s.smtp.AllowInsecureAuth = o.Security == Plain
	s.smtp.ErrorLog = log.New(io.Discard, "", 0) // clients hanging up is what the tests are about
	listener := net.Listener(s.gate)
	if o.Security != Plain {
		cert, err := selfSigned(s.Host)
		if err != nil {
			return nil, fmt.Errorf("start smtp server: %w", errors.Join(err, l.Close()))
		}
		s.smtp.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	}
	if o.Security == TLS {
		listener = tls.NewListener(s.gate, s.smtp.TLSConfig)
	}
	go func() { s.ended <- s.smtp.Serve(listener) }()
	return s, nil
}

// Stop closes all connections and ends the server.
func (s *Server) Stop() error {
	err := s.smtp.Close()
	s.gate.hangUp()
	return errors.Join(err, <-s.ended)
}

// Messages returns the accepted messages, in order of arrival.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Connections counts the connections, including those made while the server was down.
func (s *Server) Connections() int {
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	return s.gate.came
}
