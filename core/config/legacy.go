package config

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"foyer/sdk/conf"
)

// presetVariable chooses a preset of the replaced product (settings.md 1).
const presetVariable = "DJANGO_CONFIGURATION"

// preset changes defaults as DJANGO_CONFIGURATION says; if that is unset, nothing
// changes.
func (l *loader) preset() {
	name, set := l.env[presetVariable]
	if !set {
		return
	}
	h := &l.config.HTTP
	production := []string{"Production", "Feature", "Staging", "Sandbox", "PreProduction", "Demo"}
	inert := []string{"Test", "ContinuousIntegration", "Build", "Base"}
	switch {
	case name == "Development":
		l.config.Session.CookieName = "meet_sessionid"
		h.CORSAllowAll = true
		h.CSRFTrusted = []string{"http://localhost:8072", "http://localhost:3000"}
		for _, ignored := range []string{"DJANGO_ALLOWED_HOSTS", "DJANGO_CSRF_TRUSTED_ORIGINS"} {
			if _, set := l.env[ignored]; set {
				l.warnings = append(l.warnings, Warning{Origin: ignored, What: "ignored under " + presetVariable + "=Development"})
				delete(l.env, ignored)
			}
		}
	case slices.Contains(production, name):
		h.RedirectHTTPS, h.SecureCookies, h.HSTS, h.HSTSSubdomains = true, true, time.Minute, true
		h.TrustedProxies = slices.Clone(privateNetworks)
	case slices.Contains(inert, name):
		l.warnings = append(l.warnings, Warning{Origin: presetVariable, What: name + " has no meaning here: the defaults hold"})
	default:
		what := "unknown preset " + name
		if near := conf.Nearest(name, slices.Concat(production, inert, []string{"Development"})); near != "" {
			what += " (did you mean " + near + "?)"
		}
		l.faults = append(l.faults, conf.Fault{Origin: presetVariable, What: what})
	}
}

// privateNetworks is where the TLS-terminating proxy stands, as far as the
// replaced product's environment says: its production presets believe
// X-Forwarded-Proto from anybody, and would redirect to https forever if it were
// not believed here.
var privateNetworks = []string{
	"127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "100.64.0.0/10",
}

// presetProxies warns that the proxies are not configured.
func (l *loader) presetProxies() {
	const key = "http.trusted_proxies"
	if slices.Equal(l.config.HTTP.TrustedProxies, privateNetworks) && l.at(key).Origin == "" {
		l.warn(key, "not set: %s=%s believes X-Forwarded-For and X-Forwarded-Proto from every private address; name your proxies",
			presetVariable, l.env[presetVariable])
	}
}

// databaseParts builds the database URL from the DB_ variables if one is set and
// DATABASE_URL is not.
func (l *loader) databaseParts() {
	parts := map[string]string{"DB_NAME": "meet", "DB_USER": "dinum", "DB_PASSWORD": "pass", "DB_HOST": "localhost", "DB_PORT": "5432"}
	_, whole := l.env["DATABASE_URL"]
	_, file := l.env["DATABASE_URL"+fileSuffix]
	_, any := l.env["DB_ENGINE"]
	for name := range parts {
		v, set := l.env[name]
		any = any || set
		if set && (v != "" || name != "DB_PORT") { // libpq has its own default port
			parts[name] = v
		}
	}
	if path, set := l.env["DB_PASSWORD"+fileSuffix]; set {
		any = true
		text, err := conf.ReadValueFile(path)
		if err != nil && !whole && !file {
			l.faults = append(l.faults, conf.Fault{Origin: "DB_PASSWORD" + fileSuffix, Path: "database.url", What: err.Error()})
		}
		parts["DB_PASSWORD"] = text
	}
	if whole || file || !any {
		return
	}
	if _, err := strconv.ParseUint(parts["DB_PORT"], 10, 16); err != nil {
		l.faults = append(l.faults, conf.Fault{Origin: "DB_PORT", Path: "database.url", What: fmt.Sprintf("%q is not a port", parts["DB_PORT"])})
		return
	}
	u := url.URL{
		Scheme: "postgres",
		User:   url.UserPassword(parts["DB_USER"], parts["DB_PASSWORD"]),
		Host:   net.JoinHostPort(parts["DB_HOST"], parts["DB_PORT"]),
		Path:   "/" + parts["DB_NAME"],
	}
	if strings.HasPrefix(parts["DB_HOST"], "/") { // the directory of a socket
		u.Host, u.RawQuery = "", url.Values{"host": {parts["DB_HOST"]}, "port": {parts["DB_PORT"]}}.Encode()
	}
	l.config.Database.URL = conf.NewSecret(u.String())
	l.origins["database.url"] = "DB_HOST"
}

// mistakenNames appear in documents and examples of the replaced product, which
// never read them (settings.md 2.24); the values are what was meant.
var mistakenNames = map[string]string{
	"DATA_DIR":                     "DJANGO_DATA_DIR",
	"CSRF_TRUSTED_ORIGINS":         "DJANGO_CSRF_TRUSTED_ORIGINS",
	"STORAGES_STATICFILES_BACKEND": "DJANGO_STORAGES_STATICFILES_BACKEND",
	"SPECTACULAR_SETTINGS_ENABLE_DJANGO_DEPLOY_CHECK": "DJANGO_SPECTACULAR_SETTINGS_ENABLE_DJANGO_DEPLOY_CHECK",
	"SENTRY_DSN":                             "DJANGO_SENTRY_DSN",
	"EMAIL_BRAND_NAME":                       "DJANGO_EMAIL_BRAND_NAME",
	"EMAIL_SUPPORT_EMAIL":                    "DJANGO_EMAIL_SUPPORT_EMAIL",
	"EMAIL_LOGO_IMG":                         "DJANGO_EMAIL_LOGO_IMG",
	"EMAIL_DOMAIN":                           "DJANGO_EMAIL_DOMAIN",
	"EMAIL_APP_BASE_URL":                     "DJANGO_EMAIL_APP_BASE_URL",
	"DJANGO_ALLOW_UNSECURE_USER_LISTING":     "ALLOW_UNSECURE_USER_LISTING",
	"DJANGO_CELERY_BROKER_URL":               "CELERY_BROKER_URL",
	"DJANGO_CELERY_BROKER_TRANSPORT_OPTIONS": "CELERY_BROKER_TRANSPORT_OPTIONS",
	"MEET_BASE_URL":                          "",
	"LIVEKIT_INTERNAL_URL":                   "",
	"CELERY_RESULT_BACKEND":                  "",
	"SUSTAINED_THROTTLE_RATES":               "",
	"BURST_THROTTLE_RATES":                   "",
}

func (l *loader) mistaken() {
	for _, name := range slices.Sorted(maps.Keys(mistakenNames)) {
		if _, set := l.env[name]; !set {
			continue
		}
		what := "not read: no setting has this name"
		if real := mistakenNames[name]; real != "" {
			what = "not read: the setting is called " + real
		}
		l.warnings = append(l.warnings, Warning{Origin: name, What: what})
	}
}

// featureSwitches turn on features of the replaced server that are modules here;
// without the module they have no effect.
var featureSwitches = []string{
	"ADDONS_ENABLED", "APPLICATION_ENABLED", "EXTERNAL_API_ENABLED", "FILE_UPLOAD_ENABLED",
	"METADATA_COLLECTOR_ENABLED", "RECORDING_ENABLE", "RECORDING_STORAGE_EVENT_ENABLE", "ROOMKIT_ENABLED",
	"ROOM_SUBTITLE_ENABLED", "SIGNUP_NEW_USER_TO_MARKETING_EMAIL",
}

// missing warns of features that are switched on but not in this binary.
func (l *loader) missing(all []leaf) {
	for _, name := range featureSwitches {
		if slices.ContainsFunc(all, func(x leaf) bool { return slices.Contains(x.field.Env, name) }) {
			continue
		}
		if on := strings.ToLower(strings.TrimSpace(l.env[name])); slices.Contains([]string{"true", "yes", "y", "1"}, on) {
			l.warnings = append(l.warnings, Warning{Origin: name, What: "has no effect: this binary has no module for it"})
		}
	}
}
