package auth

import (
	"strings"
	"unicode/utf8"
)

const maxName = 100 // characters, the columns' width

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
