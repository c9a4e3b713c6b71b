package config

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"foyer/sdk/address"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// validate checks what single fields cannot, and collects all faults.
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
	l.validateRecordings()
	l.validateExternal()
	l.validateTelemetry()
}

func (l *loader) validateDatabase() {
	d := l.config.Database
	if d.Dir == "" {
		l.fault("database.dir", "must name a folder")
	}
	if !d.URL.IsZero() {
		if problem := postgresProblem(d.URL.Reveal()); problem != "" {
			l.fault("database.url", "%s", problem)
		}
		// Replicas share a Redis; only a single node can keep a key that it
		// generates.
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
		l.fault("session.cookie_name", "%q cannot be the name of the session cookie", s.CookieName)
	}
}

// validatePIN refuses PINs that cannot be dialed. While telephony is off no room
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
		const key = "telephony.default_country"
		l.unless(!c.Telephony.Enabled, key)(key, "%q is not a country of two capital letters", c.Telephony.DefaultCountry)
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
	l.rate("throttles.external_token", t.ExternalToken)
	l.rate("throttles.external_token_client", t.ExternalClient)
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

// validateModules lets the modules that are on validate themselves.
func (l *loader) validateModules() {
	for _, b := range l.config.Modules.builtin {
		section := "modules." + b.module.Name()
		if !b.enabled || l.faulty(section) {
			continue
		}
		if v, ok := b.module.(module.Validator); ok {
			for _, err := range parts(v.Validate()) {
				l.faults = append(l.faults, l.told(section, b, err.Error()))
			}
		}
		if w, ok := b.module.(module.Warner); ok {
			for _, text := range w.Warnings() {
				l.warnings = append(l.warnings, l.told(section, b, text))
			}
		}
	}
}

// told turns what a module says, "key: text" if it is about one key, into a fault
// at the place of that key, or else of the section.
func (l *loader) told(section string, s conf.Section, text string) conf.Fault {
	f := l.at(section)
	f.What = text
	key, what, _ := strings.Cut(text, ": ")
	path := section + "." + key
	all := leaves(section, s)
	i := slices.IndexFunc(all, func(x leaf) bool { return x.path == path })
	if what == "" || i < 0 {
		return f
	}
	f.Path, f.What = path, what
	if exact := l.at(path); exact.Origin != "" {
		f.Origin, f.Line, f.Column = exact.Origin, exact.Line, exact.Column
	}
	if counts := all[i].field.LegacyCounts(); counts != "" && slices.Contains(all[i].field.Env, f.Origin) {
		f.What += ". " + f.Origin + " " + counts
	}
	return f
}

func (l *loader) faulty(section string) bool {
	for _, f := range l.faults {
		if strings.HasPrefix(f.Path, section+".") {
			return true
		}
	}
	return false
}

// parts splits up what errors.Join joined.
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
	l.listeners(t.MetricsAddr)
	l.url("telemetry.otlp_endpoint", t.OTLPEndpoint, address.Base)
}

// rate checks a throttle; "" means no limit.
func (l *loader) rate(path, text string) {
	if _, err := ParseRate(text); err != nil && text != "" {
		l.fault(path, "%v", err)
	}
}
