package smtpdev

import (
	"fmt"

	"github.com/emersion/go-smtp"
)

// faults are what the server does wrong on purpose.
type faults struct {
	recipients map[string]error // address -> answer
	message    error            // answer to every message
	lost       int              // answers still to lose
}

// Down hangs up on every client, until Up.
func (s *Server) Down() { s.gate.set(down) }

// Stall accepts connections but never answers, until Up.
func (s *Server) Stall() { s.gate.set(stalled) }

// Up ends Down and Stall.
func (s *Server) Up() { s.gate.set(open) }

// Refuse answers the recipient with a code such as 550 or 451; 0 accepts it again.
func (s *Server) Refuse(address string, code int) { s.RefuseSaying(address, code, plain(code)) }

// RefuseSaying is Refuse with an enhanced code (RFC 3463) such as 5.7.1; "" = none.
func (s *Server) RefuseSaying(address string, code int, enhanced string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.recipients[address] = refusal(code, enhanced, "not this recipient")
}

// RefuseMessages answers every message with the code once its content has arrived; 0
// accepts messages again.
func (s *Server) RefuseMessages(code int) { s.RefuseMessagesSaying(code, plain(code)) }

// RefuseMessagesSaying is RefuseMessages with an enhanced code; "" = none.
func (s *Server) RefuseMessagesSaying(code int, enhanced string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.message = refusal(code, enhanced, "not this message")
}

// LoseAnswers accepts the next n messages but hangs up before answering: the client
// cannot know.
func (s *Server) LoseAnswers(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.lost = n
}

// recipient returns the answer to a recipient, nil to accept it.
func (s *Server) recipient(address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.recipients[address]
}

// take keeps a message, unless messages are refused; lost reports whether the answer has
// to be lost.
func (s *Server) take(m Message) (lost bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.message != nil {
		return false, s.faults.message
	}
	s.messages = append(s.messages, m)
	if s.faults.lost > 0 {
		s.faults.lost--
		return true, nil
	}
	return false, nil
}

// plain returns the enhanced code for an unknown recipient; servers that send 552 use
// none.
func plain(code int) string {
	if code == 552 {
		return ""
	}
	return fmt.Sprintf("%d.1.1", code/100)
}

func refusal(code int, enhanced, why string) error {
	if code == 0 {
		return nil
	}
	e := smtp.NoEnhancedCode
	if enhanced != "" {
		if _, err := fmt.Sscanf(enhanced, "%d.%d.%d", &e[0], &e[1], &e[2]); err != nil {
			panic(fmt.Sprintf("smtpdev: %q is not an enhanced code: %v", enhanced, err))
		}
	}
	return &smtp.SMTPError{Code: code, EnhancedCode: e, Message: why}
}
