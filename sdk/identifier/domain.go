package identifier

import (
	"regexp"
	"strings"
)

const maxMailDomain = 253 // characters, the column's width

// mailDomain is an ASCII host name below a top level of letters, or of punycode
// (external-api.md 4).
var mailDomain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{0,57}[a-z0-9])$`)

// Domain trims and folds a mail domain that applications can be bound to; ok is
// false if the text is not one.
func Domain(text string) (domain string, ok bool) {
	domain = Fold(strings.TrimSpace(text))
	return domain, len(domain) <= maxMailDomain && mailDomain.MatchString(domain)
}
