package letter

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"foyer/sdk/module"
)

// MaxRecipients bounds the recipients of one message.
const MaxRecipients = 50

const (
	subjectLimit = 500       // characters
	bodyLimit    = 256 << 10 // bytes, of either body
)

var languageTag = regexp.MustCompile(`^[A-Za-z0-9-]{0,35}$`)

// Check returns the message as it can be sent, each address once and in the form
// of Address. The error lists everything that is wrong with it. Hosts call it.
func Check(m module.Message) (module.Message, error) {
	seen := map[string]bool{}
	var errs []error
	for _, list := range []*[]string{&m.To, &m.Bcc} {
		var kept []string
		for _, text := range *list {
			address, ok := Address(text)
			if !ok {
				errs = append(errs, fmt.Errorf("%q is not an address", text))
			} else if !seen[address] {
				kept = append(kept, address)
			}
			seen[address] = true
		}
		*list = kept
	}
	switch n := len(m.To) + len(m.Bcc); {
	case n == 0 && len(errs) == 0:
		errs = append(errs, errors.New("it has no recipient"))
	case n > MaxRecipients:
		errs = append(errs, fmt.Errorf("it has %d recipients, and %d are the most", n, MaxRecipients))
	}
	return m, errors.Join(append(errs, checkContent(m)...)...)
}

func checkContent(m module.Message) (errs []error) {
	if strings.TrimSpace(m.Subject) == "" || utf8.RuneCountInString(m.Subject) > subjectLimit ||
		!utf8.ValidString(m.Subject) || strings.ContainsFunc(m.Subject, unicode.IsControl) {
		errs = append(errs, fmt.Errorf("its subject is not one line of 1 to %d characters", subjectLimit))
	}
	for name, body := range map[string]string{"text": m.Text, "HTML": m.HTML} {
		if body == "" || len(body) > bodyLimit || !utf8.ValidString(body) || strings.ContainsRune(body, 0) {
			errs = append(errs, fmt.Errorf("its %s is not 1 to %d bytes of text", name, bodyLimit))
		}
	}
	if !languageTag.MatchString(m.Language) {
		errs = append(errs, fmt.Errorf("%q is not a language", m.Language))
	}
	return errs
}
