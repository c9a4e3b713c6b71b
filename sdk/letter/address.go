package letter

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// addressLimit bounds an address, in bytes (RFC 3696, erratum 1690).
const addressLimit = 320

var (
	// localPart is a dot-atom (RFC 5322 3.2.3) in ASCII.
	localPart = regexp.MustCompile("^[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+(\\.[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+)*$")
	// domainPart is at least two labels, the last one of two characters or more.
	domainPart = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$`)
)

// Address gives an e-mail address the form that every mail server accepts, with
// an international domain in A-labels (RFC 5890). ok is false unless it is an
// address as the contract has them (core-rest.md 8.7): an ASCII local part at a
// domain of two labels or more, or at localhost. Quoted local parts and address
// literals are refused: nobody has one, and injections are made of their quoting.
func Address(text string) (ascii string, ok bool) {
	at := strings.LastIndexByte(text, '@')
	if at < 0 || len(text) > addressLimit || !utf8.ValidString(text) || !localPart.MatchString(text[:at]) {
		return "", false
	}
	local, domain := text[:at], text[at+1:]
	if domain == "localhost" || domainPart.MatchString(domain) {
		return text, true
	}
	domain, err := idna.Lookup.ToASCII(domain)
	if err != nil || !domainPart.MatchString(domain) {
		return "", false
	}
	return local + "@" + domain, true
}
