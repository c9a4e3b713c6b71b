package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHTTPS_as_the_public_address_makes_cookies_secure_and_lasts(t *testing.T) {
	const month = 30 * 24 * time.Hour
	for name, x := range map[string]struct {
		text    string
		environ []string
		secure  bool
		hsts    time.Duration
		below   bool
		warns   []string
	}{
		"https":               {"http: {public_url: 'https://m.example.org', trusted_proxies: [10.0.0.1]}", nil, true, month, false, nil},
		"HTTPS":               {"http: {public_url: 'HTTPS://m.example.org', trusted_proxies: [10.0.0.1]}", nil, true, month, false, nil},
		"from a variable":     {"", []string{"GATEWAY_HTTP__PUBLIC_URL=https://m.example.org", "GATEWAY_HTTP__TRUSTED_PROXIES=10.0.0.1"}, true, month, false, nil},
		"no proxy":            {"http: {public_url: 'https://m.example.org'}", nil, true, month, false, []string{"http.trusted_proxies"}},
		"http":                {"http: {public_url: 'http://m.example.org'}", nil, false, 0, false, nil},
		"none":                {"", nil, false, 0, false, nil},
		"cookies as said":     {"http: {public_url: 'https://m.example.org', trusted_proxies: [10.0.0.1], secure_cookies: false}", nil, false, month, false, []string{"http.secure_cookies"}},
		"no HSTS as said":     {"http: {public_url: 'https://m.example.org', trusted_proxies: [10.0.0.1], hsts: 0s}", nil, true, 0, false, nil},
		"HSTS as said":        {"http: {public_url: 'https://m.example.org', trusted_proxies: [10.0.0.1], hsts: 1h, hsts_subdomains: true}", nil, true, time.Hour, true, nil},
		"as a variable said":  {"http: {public_url: 'https://m.example.org', trusted_proxies: [10.0.0.1]}", []string{"GATEWAY_HTTP__HSTS=0s"}, true, 0, false, nil},
		"the replaced server": {"http: {trusted_proxies: [10.0.0.1]}", []string{"DJANGO_CONFIGURATION=Production", "GATEWAY_HTTP__PUBLIC_URL=https://m.example.org"}, true, time.Minute, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, warnings, err := load(t, x.text, x.environ...)
			require.NoError(t, err)
			require.Equal(t, []any{x.secure, x.hsts, x.below}, []any{got.HTTP.SecureCookies, got.HTTP.HSTS, got.HTTP.HSTSSubdomains})
			var about []string
			for _, w := range warnings {
				if strings.HasPrefix(w.Path, "http.") {
					about = append(about, w.Path)
				}
			}
			require.Equal(t, x.warns, about)
		})
	}
}
