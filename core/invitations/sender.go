package invitations

import (
	"strings"
	"unicode"

	"foyer/core/store"
)

// senderOf is how the invited recognise who invites them: the e-mail address, or
// the name of an account without one; "" without either. It is on one line,
// whatever the sign-in provider said.
func senderOf(u *store.User) string {
	for _, text := range []*string{u.Email, u.FullName, u.ShortName} {
		if text == nil {
			continue
		}
		if shown := oneLine(*text); shown != "" {
			return shown
		}
	}
	return ""
}

func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
}

func subject(sender string) string {
	if sender == "" {
		sender = "somebody"
	}
	return "Video call in progress: " + sender + " is waiting for you to connect"
}
