package mail

import (
	"errors"
	"fmt"
	"net/textproto"

	"foyer/core/module"
)

// fates are what becomes of a letter's recipients.
type fates struct {
	taken            []string
	delayed, refused []answer
}

// answer is what a server said to one recipient.
type answer struct {
	recipient string
	err       error
}

// meaning of an error of a mail server.
type meaning int

const (
	broken  meaning = iota // no answer: the connection is gone, or the server is
	later                  // 4xx, and whatever another try may change
	forEver                // 5xx
)

// understand reads the answer to a recipient or to a message (RFC 5321 4.2.1).
func understand(err error) meaning {
	a, ok := errors.AsType[*textproto.Error](err)
	switch {
	case !ok, a.Code == 421:
		return broken
	case a.Code == 552 || a.Code == 452: // too many recipients (RFC 5321 4.5.3.1.10)
		return later
	case a.Code == 530 || a.Code == 534 || a.Code == 535 || a.Code == 538: // about us, not them (RFC 4954 6)
		return broken
	case a.Code >= 500:
		return forEver
	}
	return later
}

// add sorts a recipient by the server's answer. The error is one that ends the
// connection.
func (f *fates) add(recipient string, err error) error {
	if err == nil {
		f.taken = append(f.taken, recipient)
		return nil
	}
	switch understand(err) {
	case later:
		f.delayed = append(f.delayed, answer{recipient, err})
	case forEver:
		f.refused = append(f.refused, answer{recipient, err})
	default:
		return fmt.Errorf("name recipient %s: %w", recipient, err)
	}
	return nil
}

// ofMessage is what an answer to the message itself means: refused for good, it
// is for all who were taken. There 552 is about its size.
func ofMessage(err error) error {
	a, answered := errors.AsType[*textproto.Error](err)
	if answered && (a.Code == 552 || understand(err) == forEver) {
		return errors.Join(err, module.ErrGiveUp)
	}
	return err
}
