package config

import (
	"strings"
	"time"
)

// lastingHTTPS is the max-age of Strict-Transport-Security where nobody said
// one: long enough for people who meet every few weeks.
const lastingHTTPS = 30 * 24 * time.Hour

// secure makes of an https public_url what follows for browsers, unless it was
// said otherwise. The gateway ends no TLS, so such an address means a proxy.
func (l *loader) secure() {
	h := &l.config.HTTP
	if !strings.HasPrefix(strings.ToLower(h.PublicURL), "https://") {
		return
	}
	switch {
	case h.SecureCookies:
	case l.isSet("http.secure_cookies"):
		l.warn("http.secure_cookies", "false, though http.public_url is https: browsers send cookies over plain http too")
	default:
		h.SecureCookies = true
	}
	if h.HSTS == 0 && !l.isSet("http.hsts") {
		h.HSTS = lastingHTTPS
	}
	if len(h.TrustedProxies) == 0 {
		l.warn("http.trusted_proxies", "none, though http.public_url is https: all visitors count as one, the proxy that ends TLS, "+
			"and share its throttles; name its address")
	}
}

// isSet tells whether file or environment gave the value of path.
func (l *loader) isSet(path string) bool { return l.at(path).Origin != "" }
