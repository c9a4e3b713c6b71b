package config

import (
	"time"

	"foyer/sdk/conf"
)

// HTTP is the listener and what every request goes through.
type HTTP struct {
	Addr              string        // host:port to listen on
	PublicURL         string        // scheme://host[:port] that browsers use; "" = from the request
	AllowedHosts      []string      // ".example.org" covers sub-domains, "*" all; empty = all
	TrustedProxies    []string      // addresses or CIDRs whose X-Forwarded-For and -Proto are believed
	RedirectHTTPS     bool          // answer plain http with 301, except on heartbeat paths
	HSTS              time.Duration // max-age on https answers, 0 = none
	HSTSSubdomains    bool          // HSTS covers sub-domains, and allows preloading
	SecureCookies     bool          // cookies over https only
	CSRFTrusted       []string      // origins besides the request's own, with scheme
	CORSAllowAll      bool          // cors.allow_all_origins
	CORSOrigins       []string      // cors.allowed_origins, with scheme, without path
	CORSOriginRegexes []string      // cors.allowed_origin_regexes
	BodyLimit         int64         // bytes of a JSON body
	ReadTimeout       time.Duration // to read a request's header
	RequestTimeout    time.Duration // for a whole request to arrive
	AnswerTimeout     time.Duration // from a request's header until its answer was taken
	DrainTimeout      time.Duration // how long a stop waits for requests
	APIDocs           bool          // api_docs: serve the API documents and their pages
	VersionFile       string        // JSON served at /__version__, "" = the build's own
}

func defaultHTTP() HTTP {
	return HTTP{
		Addr:           "127.0.0.1:8080",
		BodyLimit:      1 << 20,
		ReadTimeout:    10 * time.Second,
		RequestTimeout: 30 * time.Second,
		AnswerTimeout:  90 * time.Second,
		DrainTimeout:   30 * time.Second,
		APIDocs:        true,
	}
}

func (h *HTTP) Fields(f *conf.Fields) {
	f.String("addr", &h.Addr, "Address to listen on, host:port.")
	f.String("public_url", &h.PublicURL, "Address that browsers use, scheme://host[:port]; \"\" = taken from each request.")
	f.List("allowed_hosts", &h.AllowedHosts, "Host headers that are accepted, at any port; .example.org covers the domain and its sub-domains, * all, none listed = all. What other servers sign, such as webhooks, is taken under any.").
		Legacy("DJANGO_ALLOWED_HOSTS")
	f.List("trusted_proxies", &h.TrustedProxies, "Addresses or CIDRs of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; DJANGO_CONFIGURATION=Production makes this the private networks.")
	f.Bool("redirect_https", &h.RedirectHTTPS, "Answer plain http with a redirect to https, heartbeats excepted.")
	f.Duration("hsts", &h.HSTS, "Strict-Transport-Security max-age on https answers, 0s = none; 720h where public_url is https and this is not set.")
	f.Bool("hsts_subdomains", &h.HSTSSubdomains, "Strict-Transport-Security covers all sub-domains of the host too, and lets browsers preload it.")
	f.Bool("secure_cookies", &h.SecureCookies, "Mark cookies Secure, so that browsers send them over https only; true where public_url is https and this is not set.")
	f.List("csrf_trusted_origins", &h.CSRFTrusted, "Origins besides the server's own that may send unsafe requests, with scheme; https://*.example.org covers sub-domains.").
		Legacy("DJANGO_CSRF_TRUSTED_ORIGINS")
	f.Section("cors", conf.Group(h.cors), "Requests from pages of other origins.")
	f.Size("body_limit", &h.BodyLimit, "Largest JSON body.").AtLeast(1 << 10)
	f.Duration("read_header_timeout", &h.ReadTimeout, "Time to read a request's header.").AtLeast(int64(time.Second))
	f.Duration("request_timeout", &h.RequestTimeout, "Time for a whole request to arrive, its body included; streams have it for each part.").AtLeast(int64(time.Second))
	f.Duration("answer_timeout", &h.AnswerTimeout, "Time from a request's header until its answer has been made and taken; streams have it for each part.").AtLeast(int64(time.Second))
	f.Duration("drain_timeout", &h.DrainTimeout, "How long a stop waits for requests that run.")
	f.Bool("api_docs", &h.APIDocs, "Serve the API's description at <base path>openapi.json, and a page to read it at <base path>docs/.")
	f.String("version_file", &h.VersionFile, "JSON file served at /__version__; \"\" = the build's own version.")
}

func (h *HTTP) cors(f *conf.Fields) {
	f.Bool("allow_all_origins", &h.CORSAllowAll, "Allow every origin.").
		Legacy("DJANGO_CORS_ALLOW_ALL_ORIGINS")
	f.List("allowed_origins", &h.CORSOrigins, "Allowed origins, with scheme and without path.").
		Legacy("DJANGO_CORS_ALLOWED_ORIGINS")
	f.List("allowed_origin_regexes", &h.CORSOriginRegexes, "Regular expressions of allowed origins.").
		Legacy("DJANGO_CORS_ALLOWED_ORIGIN_REGEXES")
}
