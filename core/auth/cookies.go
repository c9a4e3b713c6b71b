package auth

import (
	"net/http"
	"slices"
	"strings"
)

const (
	csrfCookie = "csrftoken"
	csrfMaxAge = 31449600 // seconds, 364 days
)

// cookies writes this package's cookies. They have no Domain, but parent domains
// may set others of the same name. Readers must look at every cookie of that
// name, since browsers guarantee no order (RFC 6265 5.4).
type cookies struct{ secure bool }

// set replaces any cookie of this name already in the answer.
func (k cookies) set(w http.ResponseWriter, r *http.Request, name, value string, maxAge int, httpOnly bool) {
	h := w.Header()
	h["Set-Cookie"] = slices.DeleteFunc(h["Set-Cookie"], func(v string) bool { return strings.HasPrefix(v, name+"=") })
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure is configured, and scripts read the CSRF cookie
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: httpOnly, Secure: k.secure, SameSite: http.SameSiteLaxMode,
	})
}

// clear removes a cookie from the browser.
func (k cookies) clear(w http.ResponseWriter, r *http.Request, name string) {
	k.set(w, r, name, "", -1, true)
}
