package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"foyer/flags"
	"foyer/sdk/address"
)

func (l *loader) validateHTTP() {
	if _, set := l.config.Flags.Values[string(flags.APIDocs)]; set {
		l.fault("flags.values", "%s is a setting: set http.api_docs", flags.APIDocs)
	}
	h := l.config.HTTP
	l.url("http.public_url", h.PublicURL, address.Server)
	l.validateHosts()
	for _, p := range h.TrustedProxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			if _, err := netip.ParseAddr(p); err != nil {
				l.fault("http.trusted_proxies", "%q is neither an address nor a CIDR such as 10.0.0.0/8", p)
			}
		}
	}
	l.validateOrigins("http.csrf_trusted_origins", &l.config.HTTP.CSRFTrusted, true)
	l.validateOrigins("http.cors.allowed_origins", &l.config.HTTP.CORSOrigins, false)
	for _, x := range h.CORSOriginRegexes {
		if _, err := regexp.Compile(x); err != nil {
			l.fault("http.cors.allowed_origin_regexes", "%q is not a regular expression: %v", x, err)
		}
	}
	if h.VersionFile != "" {
		if _, err := h.Version(); err != nil {
			l.fault("http.version_file", "%s", strings.TrimPrefix(err.Error(), "http.version_file: "))
		}
	}
}

// Version returns the content of version_file, JSON.
func (h HTTP) Version() (json.RawMessage, error) {
	text, err := readFile(h.VersionFile)
	if err != nil {
		return nil, fmt.Errorf("http.version_file: %s: %w", h.VersionFile, err)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // written on Windows
	if !json.Valid(text) {
		return nil, fmt.Errorf("http.version_file: %s is not JSON", h.VersionFile)
	}
	return text, nil
}

// listeners checks the listening addresses together.
func (l *loader) listeners(metrics string) {
	const httpKey, metricsKey = "http.addr", "telemetry.metrics_addr"
	serve, err := address.ParseListen(l.config.HTTP.Addr)
	if err != nil {
		l.fault(httpKey, "%v", err)
	}
	if metrics == "" {
		return
	}
	second, bad := address.ParseListen(metrics)
	if bad != nil {
		l.fault(metricsKey, "%v", bad)
	}
	if err != nil || bad != nil || !serve.Overlaps(second) {
		return
	}
	// Report the one that was configured.
	if l.isSet(metricsKey) || !l.isSet(httpKey) {
		l.fault(metricsKey, "%q takes the port of http.addr (%s): give it another one", metrics, l.config.HTTP.Addr)
		return
	}
	l.fault(httpKey, "%q takes the port of telemetry.metrics_addr (%s): give either another one", l.config.HTTP.Addr, metrics)
}

// url checks a URL; "" means none.
func (l *loader) url(path, text string, form address.Form) {
	if text == "" {
		return
	}
	if err := form.Check(text); err != nil {
		l.fault(path, "%v", err)
	}
}

// page checks where browsers are sent: a path on this host, or a URL.
func (l *loader) page(path, text string) {
	if u, err := url.Parse(text); err == nil && u.Scheme == "" && u.Host == "" {
		return
	}
	l.url(path, text, address.Page)
}
