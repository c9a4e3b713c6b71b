package identifier

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const maxEmail = 254 // characters, the column's width

// The forms of an address: a dot-atom or quoted text, then a domain of any
// script with a top level, an address literal, or localhost.
var (
	emailLocal = regexp.MustCompile(`^(?i:[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Z]+(\.[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Z]+)*|"([\x01-\x08\x0b\x0c\x0e-\x1f!#-\[\]-\x7f]|\\[\x01-\x09\x0b\x0c\x0e-\x7f])*")$`)
	emailHost  = regexp.MustCompile(`^(?i:([a-z0-9\x{00a1}-\x{ffff}]([a-z0-9\x{00a1}-\x{ffff}-]{0,61}[a-z0-9\x{00a1}-\x{ffff}])?\.)+(xn--[a-z0-9]{0,58}[a-z0-9]|[a-z\x{00a1}-\x{ffff}]([a-z0-9\x{00a1}-\x{ffff}-]{0,61}[a-z\x{00a1}-\x{ffff}]))|\[[0-9a-f:.]+\]|localhost)$`)
)

// ValidEmail reports whether s has the form of an e-mail address.
func ValidEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && utf8.RuneCountInString(s) <= maxEmail &&
		emailLocal.MatchString(s[:at]) && emailHost.MatchString(s[at+1:])
}

// The longest parts of an address whose domain counts, in characters
// (external-api.md 1).
const (
	maxLocal  = 64
	maxDomain = 255
)

// MailDomain is the folded part of an address after the "@"; ok is false if the
// address has none that can be determined.
func MailDomain(email string) (domain string, ok bool) {
	local, domain, found := cutLast(email)
	if !found || local == "" || domain == "" || utf8.RuneCountInString(local) > maxLocal || utf8.RuneCountInString(domain) > maxDomain {
		return "", false
	}
	return Fold(domain), true
}

// Fold gives addresses and mail domains the form in which they are compared:
// ASCII letters in lower case, everything else unchanged. Other letters are not
// folded, because some fold to ASCII (K, the Kelvin sign, to k), which would make
// two people's addresses one.
func Fold(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func cutLast(email string) (local, domain string, found bool) {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return "", "", false
	}
	return email[:at], email[at+1:], true
}
