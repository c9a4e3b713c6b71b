package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strconv"

	"foyer/sdk/module"
)

// fates are what became of a letter's recipients.
type fates struct {
	taken            []string
	delayed, refused []answer
}

// answer is what a server said about one recipient.
type answer struct {
	recipient string
	err       error
}

// meaning is what an answer of a mail server means.
type meaning int

const (
	broken  meaning = iota // no answer, or one that ends the transaction for everybody
	later                  // another attempt, or a corrected configuration, may change it
	forEver                // no other attempt can change it
)

// understand interprets the answer about a recipient. The enhanced code says what
// an answer is about (RFC 3463), whichever command it follows: servers hold back
// their objection to a HELO or a sender until the first recipient is named.
// Objections to us can be fixed, so the recipient waits.
func understand(err error) meaning {
	a, ok := errors.AsType[*textproto.Error](err)
	switch {
	case !ok, a.Code == 421:
		return broken
	case a.Code == 530 || a.Code == 534 || a.Code == 535 || a.Code == 538: // we did not sign in (RFC 4954 6)
		return broken
	case a.Code < 500:
		return later
	}
	if code, ok := enhancedOf(a); ok {
		if code.lost() {
			return forEver
		}
		return later
	}
	switch a.Code { // a server without enhanced codes (RFC 5321 4.2.2)
	case 550, 551, 553, 556: // 556: the domain takes no mail (RFC 7504)
		return forEver
	}
	return later // 552: too many recipients (RFC 5321 4.5.3.1.10); the rest: our commands, or the relay
}

// enhanced is the subject and detail of an enhanced status code of class 5 (RFC
// 3463; the registry is RFC 5248's).
type enhanced struct{ subject, detail int }

// enhancedCode matches the code wherever servers put it: "5.7.1 …", "#5.7.1 …",
// "(5.7.1)", "… not taken: 5.7.1 …". With more parts it is an IP address.
var enhancedCode = regexp.MustCompile(`(?:^|[\s#(\[:])5\.(\d{1,3})\.(\d{1,3})(?:[)\],:;]|\.?(?:\s|$))`)

func enhancedOf(a *textproto.Error) (enhanced, bool) {
	m := enhancedCode.FindStringSubmatch(a.Msg)
	if m == nil {
		return enhanced{}, false
	}
	subject, _ := strconv.Atoi(m[1]) // three digits at most
	detail, _ := strconv.Atoi(m[2])
	return enhanced{subject, detail}, true
}

// lost reports whether the recipient cannot get the letter whatever we change.
func (e enhanced) lost() bool {
	switch e.subject {
	case 1: // addresses: the recipient's, except for those of the sender
		return e.detail != 7 && e.detail != 8
	case 2: // the recipient's mailbox; a full one may be emptied
		return e.detail != 2
	case 3: // the mail system: only the size is about the letter
		return e.detail == 4
	case 6: // the letter's content
		return true
	}
	return false // 0 unspecified, 4 routing, 5 our commands, 7 policy, relaying, our authorisation
}

// add files a recipient under the server's answer. The error is one that ends the
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

// ofMessage is what an answer to the message itself means: a permanent refusal
// applies to all accepted recipients.
func ofMessage(err error) error {
	a, answered := errors.AsType[*textproto.Error](err)
	if !answered || a.Code < 500 {
		return err
	}
	code, ok := enhancedOf(a)
	if !ok && (a.Code == 550 || a.Code == 552 || a.Code == 554) || ok && code.lost() { // 552: its size
		return errors.Join(err, module.ErrGiveUp)
	}
	return err
}
