package config

import (
	"strings"
	"time"
)

// lastingHTTPS is the default max-age of Strict-Transport-Security: long enough
// for people who meet every few weeks.
const lastingHTTPS = 30 * 24 * time.Hour

// secure derives from an https public_url what it means for browsers, unless
// configured otherwise. The gateway does not terminate TLS, so such a URL means a
// proxy.
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

// isSet reports whether the file or the environment gave the value of path.
func (l *loader) isSet(path string) bool { return l.at(path).Origin != "" }
