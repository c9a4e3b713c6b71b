package auth

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	maxName  = 100 // characters, the columns' width
	maxEmail = 254 // characters, the column's width
)

// profile is what an account takes from the provider's claims; "" is none.
type profile struct{ sub, email, fullName, shortName string }

// profileOf reads the claims that the configuration names. Values that are not
// text count as missing. Names over 100 characters are cut: a long name is no
// reason to keep somebody out.
func (a *Auth) profileOf(sub string, claims map[string]any) profile {
	var names []string
	for _, name := range a.o.OIDC.FullName {
		if v := text(claims, name); v != "" {
			names = append(names, v)
		}
	}
	return profile{
		sub:       sub,
		email:     text(claims, "email"),
		fullName:  cut(strings.Join(names, " "), maxName),
		shortName: cut(text(claims, a.o.OIDC.ShortName), maxName),
	}
}

// text is a claim without NUL, which no database takes.
func text(claims map[string]any, name string) string {
	v, _ := claims[name].(string)
	return strings.ReplaceAll(v, "\x00", "")
}

func cut(s string, runes int) string {
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return string([]rune(s)[:runes])
}

// The forms of an address: a dot-atom or quoted text, then a domain of any
// script with a top level, an address literal, or localhost.
var (
	emailLocal = regexp.MustCompile(`^(?i:[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Z]+(\.[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Z]+)*|"([\x01-\x08\x0b\x0c\x0e-\x1f!#-\[\]-\x7f]|\\[\x01-\x09\x0b\x0c\x0e-\x7f])*")$`)
	emailHost  = regexp.MustCompile(`^(?i:([a-z0-9\x{00a1}-\x{ffff}]([a-z0-9\x{00a1}-\x{ffff}-]{0,61}[a-z0-9\x{00a1}-\x{ffff}])?\.)+(xn--[a-z0-9]{0,58}[a-z0-9]|[a-z\x{00a1}-\x{ffff}]([a-z0-9\x{00a1}-\x{ffff}-]{0,61}[a-z\x{00a1}-\x{ffff}]))|\[[0-9a-f:.]+\]|localhost)$`)
)

// validEmail tells whether s has the form of an e-mail address.
func validEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && utf8.RuneCountInString(s) <= maxEmail &&
		emailLocal.MatchString(s[:at]) && emailHost.MatchString(s[at+1:])
}
