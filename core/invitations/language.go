package invitations

import (
	"net/http"

	"golang.org/x/text/language"

	"foyer/core/config"
)

// languageCookie is the cookie by which the replaced server lets a browser choose
// (core-rest.md 1.10).
const languageCookie = "django_language"

// languages picks the language of a request.
type languages struct {
	codes   []string // as configured, the default one first
	matcher language.Matcher
}

func newLanguages(u config.Users) languages {
	var l languages
	var tags []language.Tag
	for _, code := range append([]string{u.Language}, u.Languages...) {
		if tag, err := language.Parse(code); err == nil {
			l.codes, tags = append(l.codes, code), append(tags, tag)
		}
	}
	l.matcher = language.NewMatcher(tags)
	return l
}

// of returns the configured language that fits best: from a cookie, of which a
// parent domain may have set others, else from Accept-Language, else the default.
func (l languages) of(r *http.Request) string {
	if len(l.codes) == 0 {
		return ""
	}
	var wishes []string
	for _, c := range r.CookiesNamed(languageCookie) {
		wishes = append(wishes, c.Value)
	}
	_, i := language.MatchStrings(l.matcher, append(wishes, r.Header.Get("Accept-Language"))...)
	return l.codes[i]
}
