package auth

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// originOf returns scheme://host[:port] of an http or https URL, in lower case
// and without the scheme's default port.
func originOf(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", errors.New("not a URL")
	}
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "", fmt.Errorf("not an http or https URL with a host")
	}
	return scheme + "://" + plainHost(scheme, u.Host), nil
}

// plainHost returns host in lower case without the scheme's default port.
func plainHost(scheme, host string) string {
	host = strings.ToLower(host)
	switch scheme {
	case "http":
		return strings.TrimSuffix(host, ":80")
	case "https":
		return strings.TrimSuffix(host, ":443")
	}
	return host
}

// requestScheme is how the client reached us: the scheme that the server set on
// the request after judging forwarded headers, or that of the connection.
func requestScheme(r *http.Request) string {
	if s := r.URL.Scheme; s == "http" || s == "https" {
		return s
	}
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// requestOrigin is the origin of the request itself.
func requestOrigin(r *http.Request) string {
	s := requestScheme(r)
	return s + "://" + plainHost(s, r.Host)
}

// base is the origin used in links to us.
func (a *Auth) base(r *http.Request) string {
	if a.own != "" {
		return a.own
	}
	return requestOrigin(r)
}

// origins are the trusted origins of CSRF checks.
type origins struct {
	exact map[string]bool
	below []wildcard
}

// wildcard is scheme://*.host: the host and everything below it.
type wildcard struct{ scheme, host string }

func parseTrusted(list []string) (origins, error) {
	o := origins{exact: map[string]bool{}}
	var faults []error
	for _, raw := range list {
		scheme, host, found := strings.Cut(strings.ToLower(strings.TrimSuffix(raw, "/")), "://")
		wild := strings.HasPrefix(host, "*.")
		origin, err := originOf(scheme + "://" + strings.TrimPrefix(host, "*."))
		switch {
		case !found || err != nil || strings.ContainsAny(host, "/?#"):
			faults = append(faults, fmt.Errorf("%q is not scheme://host", raw))
		case wild:
			o.below = append(o.below, wildcard{scheme, strings.TrimPrefix(origin, scheme+"://")})
		default:
			o.exact[origin] = true
		}
	}
	return o, errors.Join(faults...)
}

// has reports whether origin, as originOf returns it, is trusted.
func (o origins) has(origin string) bool {
	if o.exact[origin] {
		return true
	}
	scheme, host, _ := strings.Cut(origin, "://")
	for _, w := range o.below {
		if w.scheme == scheme && (host == w.host || strings.HasSuffix(host, "."+w.host)) {
			return true
		}
	}
	return false
}

// trusts reports whether a page of this origin may make unsafe requests: our own
// origin or a trusted one.
func (a *Auth) trusts(r *http.Request, origin string) bool {
	return origin == requestOrigin(r) || a.own != "" && origin == a.own || a.trusted.has(origin)
}
