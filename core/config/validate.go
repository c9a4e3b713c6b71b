package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"foyer/core/module"
	"foyer/flags"
)

// validate checks what single fields cannot, all at once.
func (l *loader) validate() {
	l.validateHTTP()
	l.validateDatabase()
	l.validateRedis()
	l.validateOIDC()
	l.validateSession()
	l.validateLobby()
	l.validateMeetings()
	l.validateLiveKit()
	l.validateMail()
	l.validateDiagnostics()
	l.validateProduct()
	l.validateStorage()
	l.validateExternal()
	l.validateTelemetry()
}

func (l *loader) validateHTTP() {
	if _, set := l.config.Flags.Values[string(flags.APIDocs)]; set {
		l.fault("flags.values", "%s is a setting: set http.api_docs", flags.APIDocs)
	}
	h := l.config.HTTP
	l.address("http.addr", h.Addr)
	if h.PublicURL != "" {
		if err := origin(h.PublicURL, false); err != nil {
			l.fault("http.public_url", "%v", err)
		}
	}
	for _, host := range h.AllowedHosts {
		if strings.ContainsAny(host, "/ ") {
			l.fault("http.allowed_hosts", "%q is a URL: write the host alone", host)
		}
	}
	for _, p := range h.TrustedProxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			if _, err := netip.ParseAddr(p); err != nil {
				l.fault("http.trusted_proxies", "%q is neither an address nor a CIDR such as 10.0.0.0/8", p)
			}
		}
	}
	for _, o := range h.CSRFTrusted {
		if err := origin(o, true); err != nil {
			l.fault("http.csrf_trusted_origins", "%v", err)
		}
	}
	for _, o := range h.CORSOrigins {
		if err := origin(o, false); err != nil {
			l.fault("http.cors.allowed_origins", "%v", err)
		}
	}
	for _, x := range h.CORSOriginRegexes {
		if _, err := regexp.Compile(x); err != nil {
			l.fault("http.cors.allowed_origin_regexes", "%q is not a regular expression: %v", x, err)
		}
	}
	if h.VersionFile != "" {
		if text, err := readFile(h.VersionFile); err != nil {
			l.fault("http.version_file", "%s: %v", h.VersionFile, err)
		} else if !json.Valid(text) {
			l.fault("http.version_file", "%s is not JSON", h.VersionFile)
		}
	}
}

func (l *loader) validateDatabase() {
	d := l.config.Database
	if d.Dir == "" {
		l.fault("database.dir", "must name a folder")
	}
	if !d.URL.IsZero() {
		u, err := url.Parse(d.URL.Reveal())
		switch { // the error's text would show the password
		case err != nil:
			l.fault("database.url", "is not a URL")
		case u.Scheme != "postgres" && u.Scheme != "postgresql":
			l.fault("database.url", "must begin with postgres://, not %s://", u.Scheme)
		}
		// Replicas share a Redis; a single node keeps the key that it generates.
		if l.config.Secrets.Key.IsZero() && l.config.Redis.Client().Used() {
			l.warn("secrets.key", "not set: it is generated in database.dir, and replicas need the same one")
		}
	}
	switch n := len(l.config.Secrets.Key.Reveal()); {
	case n > 0 && n < 16:
		l.fault("secrets.key", "has %d bytes: give 32 or more", n)
	case n > 0 && n < 32:
		l.warn("secrets.key", "has %d bytes: 32 or more are safer", n)
	}
}

func (l *loader) validateSession() {
	s := l.config.Session
	if s.CookieName == "" || strings.ContainsAny(s.CookieName, " \t\r\n;,=\"\\") || s.CookieName == "csrftoken" {
		l.fault("session.cookie_name", "%q is no name for the session cookie", s.CookieName)
	}
}

// validatePIN refuses PINs that nobody can dial. While telephony is off nobody
// gets one, and an old environment starts.
func (l *loader) validatePIN() {
	t := l.config.Telephony
	tell := l.warn
	if t.Enabled {
		tell = l.fault
	}
	if t.PINLength > maxPIN {
		tell("telephony.pin_length", "%d is more than %d, the digits that LiveKit takes from a caller", t.PINLength, maxPIN)
	}
}

func (l *loader) validateProduct() {
	c := l.config
	if !slices.Contains(c.Users.Languages, c.Users.Language) {
		l.fault("users.language", "%q is not one of users.languages: %s", c.Users.Language, strings.Join(c.Users.Languages, ", "))
	}
	if !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(c.Telephony.DefaultCountry) {
		l.fault("telephony.default_country", "%q is not a country of two capital letters", c.Telephony.DefaultCountry)
	}
	if c.Telephony.Enabled && c.Telephony.PhoneNumber == "" {
		l.warn("telephony.phone_number", "not set: clients are told that telephony is off")
	}
	l.validatePIN()
	t := c.Throttles
	l.rate("throttles.request_entry", t.RequestEntry)
	l.rate("throttles.request_entry_address", t.EntryAddress)
	l.rate("throttles.start_subtitle", t.StartSubtitle)
	l.rate("throttles.webhook", t.Webhook)
	l.rate("throttles.creation_callback", t.CreationCallback)
	l.rate("throttles.sign_in", t.SignIn)
	l.rate("throttles.connection_test", t.ConnectionTest)
	l.rate("throttles.invite", t.Invite)
	if _, err := (Throttles{Modules: t.Modules}).Rates(); err != nil {
		l.fault("throttles.modules", "%v", err)
	}
	for _, name := range c.Modules.names() {
		if _, set := c.Flags.Values[name]; set {
			l.fault("flags.values", "%s is a module: set modules.%s.enabled", name, name)
		}
	}
	for _, s := range c.Modules.switches() {
		if _, set := c.Flags.Values[string(s.Flag)]; set {
			l.fault("flags.values", "%s follows from the section of its module", s.Flag)
		}
	}
}

// validateModules asks the modules that are on.
func (l *loader) validateModules() {
	for _, b := range l.config.Modules.builtin {
		path := "modules." + b.module.Name()
		if !b.enabled || l.faulty(path) {
			continue
		}
		if v, ok := b.module.(module.Validator); ok {
			for _, err := range parts(v.Validate()) {
				l.fault(path, "%v", err)
			}
		}
		if w, ok := b.module.(module.Warner); ok {
			for _, text := range w.Warnings() {
				l.warn(path, "%s", text)
			}
		}
	}
}

func (l *loader) faulty(section string) bool {
	for _, f := range l.faults {
		if strings.HasPrefix(f.Path, section+".") {
			return true
		}
	}
	return false
}

// parts takes errors.Join apart.
func parts(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

func (l *loader) validateTelemetry() {
	t := l.config.Telemetry
	if t.MetricsAddr != "" {
		l.address("telemetry.metrics_addr", t.MetricsAddr)
	}
	if t.OTLPEndpoint != "" {
		l.webURL("telemetry.otlp_endpoint", t.OTLPEndpoint)
	}
}

// rate checks a throttle; "" is none.
func (l *loader) rate(path, text string) {
	if _, err := ParseRate(text); err != nil && text != "" {
		l.fault(path, "%v", err)
	}
}

// address checks host:port.
func (l *loader) address(path, text string) {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		l.fault(path, "%q is not host:port, such as 127.0.0.1:8080", text)
	}
}

// webURL checks an absolute http or https URL.
func (l *loader) webURL(path, text string) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		if err == nil { // a password in it must not be shown
			text = u.Redacted()
		}
		l.fault(path, "%q is not a URL such as https://example.org/path", text)
	}
}

// origin checks scheme://host[:port]; wildcard allows https://*.example.org.
func origin(text string, wildcard bool) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme == "" || u.Host == "":
		return fmt.Errorf("%q has no scheme: write https://%s", text, strings.TrimPrefix(text, "//"))
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("%q must be scheme and host alone", text)
	case strings.Contains(u.Host, "*") && !(wildcard && strings.HasPrefix(u.Host, "*.") && strings.Count(u.Host, "*") == 1):
		return fmt.Errorf("%q: a * is not allowed there", text)
	}
	return nil
}
