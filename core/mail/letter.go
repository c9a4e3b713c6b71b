package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// MaxRecipients bounds the recipients of one message.
const MaxRecipients = 50

const (
	subjectLimit = 500       // characters
	bodyLimit    = 256 << 10 // bytes, of either body
)

var languageTag = regexp.MustCompile(`^[A-Za-z0-9-]{0,35}$`)

// letter is a message as a job keeps it: whatever becomes of the first
// attempt, the next one sends the same.
type letter struct {
	ID       string    `json:"id"`   // Message-ID without its angle brackets
	Date     time.Time `json:"date"` // when it was enqueued, UTC
	To       []string  `json:"to,omitempty"`
	Bcc      []string  `json:"bcc,omitempty"`
	Owed     []string  `json:"owed,omitempty"` // who has not got it; nil = nobody has
	Subject  string    `json:"subject"`
	Text     string    `json:"text"`
	HTML     string    `json:"html"`
	Language string    `json:"language,omitempty"`
}

// recipients are those that the letter is still to be given to.
func (l letter) recipients() []string {
	if l.Owed != nil {
		return l.Owed
	}
	return append(slices.Clone(l.To), l.Bcc...)
}

// write makes the letter of a message of owner's. The error tells what is not
// in order with it.
func write(owner string, m module.Message, domain string, now time.Time) (letter, error) {
	l := letter{
		ID: uuid.NewString() + "@" + domain, Date: now.UTC().Truncate(time.Second),
		Subject: m.Subject, Text: m.Text, HTML: m.HTML, Language: m.Language,
	}
	if m.Unique != "" {
		l.ID = uniqueKey(owner, m.Unique)[:32] + "@" + domain
	}
	seen := map[string]bool{}
	var errs []error
	for _, list := range []struct{ from, to *[]string }{{&m.To, &l.To}, {&m.Bcc, &l.Bcc}} {
		for _, text := range *list.from {
			address, ok := asciiAddress(text)
			if !ok {
				errs = append(errs, fmt.Errorf("%q is not an address", text))
			} else if !seen[address] {
				*list.to = append(*list.to, address)
			}
			seen[address] = true
		}
	}
	switch n := len(l.To) + len(l.Bcc); {
	case n == 0 && len(errs) == 0:
		errs = append(errs, errors.New("it has no recipient"))
	case n > MaxRecipients:
		errs = append(errs, fmt.Errorf("it has %d recipients, and %d are the most", n, MaxRecipients))
	}
	return l, errors.Join(append(errs, checkContent(m)...)...)
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

// uniqueKey is a hash: modules choose keys of any length and content.
func uniqueKey(owner, unique string) string {
	sum := sha256.Sum256([]byte(owner + "\x00" + unique))
	return hex.EncodeToString(sum[:])
}
