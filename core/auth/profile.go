package auth

import (
	"strings"
	"unicode/utf8"

	"foyer/core/accounts"
	"foyer/sdk/identifier"
)

// profile is what an account takes from the provider's claims. Everything but sub
// is optional and never keeps anybody out: what cannot be stored is left out and
// named in odd.
type profile struct {
	sub, email          string // "" = none
	fullName, shortName name
	odd                 []string // claim settings whose values were not kept, for the log
}

// name is a name, cut to what fits.
type name struct {
	text string // "" = none
	cut  bool   // it was longer, or part of it was not text
}

// profileOf reads the claims that the configuration names.
func (a *Auth) profileOf(sub string, claims map[string]any) profile {
	p := profile{sub: sub}
	email, isText := text(claims, "email")
	// A NUL is not removed here, as it is from a name: that would make a
	// different address, maybe somebody else's.
	if isText && (email == "" || identifier.ValidEmail(email)) {
		p.email = email
	} else {
		p.odd = append(p.odd, "email")
	}
	var full []string
	oddFull := false
	for _, claim := range a.o.OIDC.FullName {
		v, isText := text(claims, claim)
		if v = withoutNUL(v); v != "" {
			full = append(full, v)
		}
		oddFull = oddFull || !isText
	}
	if oddFull {
		p.odd = append(p.odd, "full name")
	}
	p.fullName = cut(strings.Join(full, " "))
	p.fullName.cut = p.fullName.cut || oddFull
	short, isText := text(claims, a.o.OIDC.ShortName)
	if !isText {
		p.odd = append(p.odd, "short name")
	}
	p.shortName = cut(withoutNUL(short))
	return p
}

// text returns a claim that is text; a missing or null claim is the empty text.
func text(claims map[string]any, claim string) (v string, isText bool) {
	v, isText = claims[claim].(string)
	return v, isText || claims[claim] == nil
}

// withoutNUL returns what a database accepts of a text.
func withoutNUL(s string) string { return strings.ReplaceAll(s, "\x00", "") }

func cut(s string) name {
	if utf8.RuneCountInString(s) <= accounts.MaxName {
		return name{text: s}
	}
	return name{text: string([]rune(s)[:accounts.MaxName]), cut: true}
}
