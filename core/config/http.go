package config

import "time"

// HTTP is the listener and what every request passes.
type HTTP struct {
	Addr              string        // addr: listen address, "127.0.0.1:8080"
	PublicURL         string        // public_url: scheme://host[:port] that browsers use; "" = from the request
	AllowedHosts      []string      // allowed_hosts (DJANGO_ALLOWED_HOSTS): ".example.org" covers sub-domains, "*" all; empty = all
	TrustedProxies    []string      // trusted_proxies: CIDRs whose X-Forwarded-For and -Proto are believed; default none
	RedirectHTTPS     bool          // redirect_https: answer plain http with 301, heartbeat paths excepted
	HSTS              time.Duration // hsts: max-age on https answers, 0 = none
	SecureCookies     bool          // secure_cookies
	CSRFTrusted       []string      // csrf_trusted_origins (DJANGO_CSRF_TRUSTED_ORIGINS)
	CORSAllowAll      bool          // cors.allow_all_origins (DJANGO_CORS_ALLOW_ALL_ORIGINS)
	CORSOrigins       []string      // cors.allowed_origins (DJANGO_CORS_ALLOWED_ORIGINS)
	CORSOriginRegexes []string      // cors.allowed_origin_regexes (DJANGO_CORS_ALLOWED_ORIGIN_REGEXES)
	BodyLimit         int64         // body_limit: bytes of a JSON body, 1 MiB
	ReadTimeout       time.Duration // read_header_timeout, 10s
	DrainTimeout      time.Duration // drain_timeout: how long a stop waits for requests, 30s
	VersionFile       string        // version_file: JSON served at /__version__, "" = the build's own
}
