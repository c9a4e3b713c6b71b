package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/google/uuid"

	letters "foyer/sdk/letter"
	"foyer/sdk/module"
)

// MaxRecipients is the most recipients of one message.
const MaxRecipients = letters.MaxRecipients

// letter is a message as a job keeps it: whatever happens to the first attempt,
// the next one sends the same.
type letter struct {
	ID       string    `json:"id"`   // Message-ID without its angle brackets
	Date     time.Time `json:"date"` // when it was enqueued, UTC
	To       []string  `json:"to,omitempty"`
	Bcc      []string  `json:"bcc,omitempty"`
	Owed     []string  `json:"owed,omitempty"` // recipients still to be served; nil = all
	Subject  string    `json:"subject"`
	Text     string    `json:"text"`
	HTML     string    `json:"html"`
	Language string    `json:"language,omitempty"`
}

// recipients are those the letter is still to be sent to.
func (l letter) recipients() []string {
	if l.Owed != nil {
		return l.Owed
	}
	return append(slices.Clone(l.To), l.Bcc...)
}

// write makes the letter for a message of owner's. The error says what is wrong
// with the message.
func write(owner string, m module.Message, domain string, now time.Time) (letter, error) {
	m, err := letters.Check(m)
	l := letter{
		ID: uuid.NewString() + "@" + domain, Date: now.UTC().Truncate(time.Second), To: m.To, Bcc: m.Bcc,
		Subject: m.Subject, Text: m.Text, HTML: m.HTML, Language: m.Language,
	}
	if m.Unique != "" {
		l.ID = uniqueKey(owner, m.Unique)[:32] + "@" + domain
	}
	return l, err
}

// uniqueKey is a hash, since modules choose keys of any length and content.
func uniqueKey(owner, unique string) string {
	sum := sha256.Sum256([]byte(owner + "\x00" + unique))
	return hex.EncodeToString(sum[:])
}
