package smtpdev

import (
	"github.com/emersion/go-smtp"
)

// faults are what the server does wrong on purpose.
type faults struct {
	recipients map[string]int // address -> code
	message    int            // code of every message, 0 = none
	lost       int            // answers still to be lost
}

// Down hangs up on everybody who comes, until Up.
func (s *Server) Down() { s.gate.set(down) }

// Stall takes connections and says nothing, until Up.
func (s *Server) Stall() { s.gate.set(stalled) }

// Up ends Down and Stall.
func (s *Server) Up() { s.gate.set(open) }

// Refuse answers the recipient with a code such as 550 or 451; 0 takes it again.
func (s *Server) Refuse(address string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.recipients[address] = code
}

// RefuseMessages answers every message with a code once its content has come;
// 0 takes them again.
func (s *Server) RefuseMessages(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.message = code
}

// LoseAnswers hangs up after the next n messages were taken, before that is
// told: the client cannot know.
func (s *Server) LoseAnswers(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.lost = n
}

// recipient is the answer to a recipient, nil to take it.
func (s *Server) recipient(address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return refusal(s.faults.recipients[address], "not this recipient")
}

// take keeps a message, unless messages are refused; lost tells whether the
// answer has to be lost.
func (s *Server) take(m Message) (lost bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := refusal(s.faults.message, "not this message"); err != nil {
		return false, err
	}
	s.messages = append(s.messages, m)
	if s.faults.lost > 0 {
		s.faults.lost--
		return true, nil
	}
	return false, nil
}

func refusal(code int, why string) error {
	if code == 0 {
		return nil
	}
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: why}
}
