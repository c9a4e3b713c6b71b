package auth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxReturn is the longest return URL, in bytes.
const maxReturn = 4096

// returnURL returns the page to go back to after sign-in if it is safe, "" if it
// is not (core-rest.md 3.1).
func (a *Auth) returnURL(r *http.Request, raw string) string {
	hosts := append([]string{r.Host}, a.o.OIDC.ReturnHosts...)
	if a.own != "" {
		_, host, _ := strings.Cut(a.own, "://")
		hosts = append(hosts, host)
	}
	if !safeReturn(raw, hosts, a.o.OIDC.ReturnHTTPS) {
		return ""
	}
	return raw
}

// safeReturn reports whether raw is a path of this site or an http(s) URL on one
// of the hosts, however a browser may read it: backslashes and control
// characters, which browsers turn into slashes or drop, are refused anywhere.
func safeReturn(raw string, hosts []string, requireHTTPS bool) bool {
	if raw == "" || len(raw) > maxReturn || !utf8.ValidString(raw) {
		return false
	}
	for _, r := range raw {
		if r == '\\' || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return false
		}
	}
	if strings.TrimSpace(raw) != raw {
		return false
	}
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	if strings.HasPrefix(raw, "/") {
		return !strings.HasPrefix(raw, "//") && u.Scheme == "" && u.Host == ""
	}
	if u.Scheme != "https" && (u.Scheme != "http" || requireHTTPS) {
		return false
	}
	return u.Opaque == "" && u.User == nil && u.Host != "" &&
		slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, u.Host) })
}
