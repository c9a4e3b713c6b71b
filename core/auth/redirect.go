package auth

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// redirect answers 302. Unlike http.Redirect it leaves the path alone, apart from
// escaping what a header may not contain.
func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", headerURL(to))
	w.WriteHeader(http.StatusFound)
}

func headerURL(raw string) string {
	var b strings.Builder
	for i := range len(raw) {
		if ch := raw[i]; ch <= ' ' || ch >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", ch)
		} else {
			b.WriteByte(ch)
		}
	}
	return b.String()
}

// query is an ordered query string.
type query []struct{ name, value string }

// set replaces the value of name in its place, or appends it.
func (q *query) set(name, value string) {
	for i := range *q {
		if (*q)[i].name == name {
			(*q)[i].value = value
			return
		}
	}
	*q = append(*q, struct{ name, value string }{name, value})
}

// on appends the query to a URL that may already have one.
func (q query) on(base string) string {
	var b strings.Builder
	b.WriteString(base)
	sep := byte('?')
	if strings.Contains(base, "?") {
		sep = '&'
	}
	for _, p := range q {
		b.WriteByte(sep)
		b.WriteString(url.QueryEscape(p.name))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(p.value))
		sep = '&'
	}
	return b.String()
}
