package mail

import (
	"bytes"
	"fmt"
	netmail "net/mail"

	gomail "github.com/wneessen/go-mail"
)

// compose renders the letter for the wire (RFC 5322, MIME). Bcc recipients are in
// no header.
func compose(l letter, from *netmail.Address) ([]byte, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(from)
	if len(l.To) > 0 {
		if err := m.To(l.To...); err != nil {
			return nil, fmt.Errorf("compose letter %s: %w", l.ID, err)
		}
	}
	m.Subject(l.Subject)
	m.SetMessageIDWithValue(l.ID)
	m.SetDateWithValue(l.Date)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office replies
	if l.Language != "" {
		m.SetGenHeader("Content-Language", l.Language)
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("compose letter %s: %w", l.ID, err)
	}
	return b.Bytes(), nil
}
