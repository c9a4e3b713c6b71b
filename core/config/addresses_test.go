package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

// What serve would refuse, or accept and then be useless with, check-config refuses,
// with key and line.
func TestLoad_refuses_addresses_that_nobody_could_use(t *testing.T) {
	const livekit = "livekit: {api_key: k, api_secret: 0123456789abcdef0123456789abcdef, url: '%s'}"
	for _, x := range []struct{ text, want string }{
		{"http: {addr: '256.0.0.1:80'}", "http.addr: "},
		{"http: {addr: '127.0.0.1:99999'}", "http.addr: "},
		{"http: {addr: 'http://127.0.0.1:80'}", "http.addr: "},
		{"http: {addr: '*:80'}", "http.addr: "},
		{"telemetry: {metrics_addr: '1.2.3:80'}", "telemetry.metrics_addr: "},
		{"telemetry: {metrics_addr: '[zz::1]:80'}", "telemetry.metrics_addr: "},
		{"http: {addr: '127.0.0.1:8080'}\ntelemetry: {metrics_addr: '127.0.0.1:8080'}", "yaml:2: telemetry.metrics_addr: "},
		{"http: {addr: ':8080'}\ntelemetry: {metrics_addr: '127.0.0.1:8080'}", "yaml:2: telemetry.metrics_addr: "},
		{"http: {addr: 'localhost:8080'}\ntelemetry: {metrics_addr: '[::]:8080'}", "yaml:2: telemetry.metrics_addr: "},
		{"http: {addr: '0.0.0.0:9464'}", "http.addr: "},          // the other one's default
		{"telemetry: {metrics_addr: ':8080'}", "metrics_addr: "}, // likewise
		{"http: {public_url: 'ftp://h'}", "http.public_url: "},
		{"http: {public_url: 'https://h:99999'}", "http.public_url: "},
		{"http: {public_url: 'https://ada:pw@h'}", "http.public_url: "},
		{"http: {public_url: 'https://h/?a'}", "http.public_url: "},
		{"http: {csrf_trusted_origins: ['tauri://localhost']}", "http.csrf_trusted_origins: "},
		{"http: {csrf_trusted_origins: ['https://h:99999']}", "http.csrf_trusted_origins: "},
		{"http: {csrf_trusted_origins: ['https://ada@h']}", "http.csrf_trusted_origins: "},
		{"http: {cors: {allowed_origins: ['https://h:99999']}}", "http.cors.allowed_origins: "},
		{"http: {cors: {allowed_origins: ['https://h#top']}}", "http.cors.allowed_origins: "},
		{"recordings: {output_folder: .}", "recordings.output_folder: "},
		{"recordings: {output_folder: ..}", "recordings.output_folder: "},
		{"recordings: {output_folder: a/../b}", "recordings.output_folder: "},
		{"recordings: {output_folder: ./a}", "recordings.output_folder: "},
		{"recordings: {output_folder: a/.}", "recordings.output_folder: "},
		{"recordings: {output_folder: a//b}", "recordings.output_folder: "},
		{"recordings: {output_folder: /}", "recordings.output_folder: "},
		{"recordings: {output_folder: /a}", "recordings.output_folder: "},
		{"recordings: {metadata_collector: {output_folder: ../recordings}}", "recordings.metadata_collector.output_folder: "},
		{"recordings: {download_base_url: meet.example.org}", "recordings.download_base_url: "},
		{"recordings: {download_base_url: 'https://h/?id='}", "recordings.download_base_url: "},
		{"storage: {endpoint: 'https://h?a=b'}", "storage.endpoint: "},
		{"storage: {endpoint: 'https://h#a'}", "storage.endpoint: "},
		{"storage: {endpoint: 'https://ada:hunter2@h'}", "storage.endpoint: "},
		{"storage: {endpoint: 'https://h:99999'}", "storage.endpoint: "},
		{"storage: {endpoint: 'https://h:'}", "storage.endpoint: "},
		{fmt.Sprintf(livekit, "wss://h?token=x"), "livekit.url: "},
		{fmt.Sprintf(livekit, "wss://h#x"), "livekit.url: "},
		{fmt.Sprintf(livekit, "wss://ada:hunter2@h"), "livekit.url: "},
		{fmt.Sprintf(livekit, "wss://h:99999"), "livekit.url: "},
		{"livekit: {internal_url: 'http://h?x'}", "livekit.internal_url: "},
		{"oidc: {issuer: 'https://h?x=1'}", "oidc.issuer: "},
		{"oidc: {issuer: 'https://h#x'}", "oidc.issuer: "},
		{"oidc: {issuer: 'https://h:99999'}", "oidc.issuer: "},
		{"oidc: {token_endpoint: 'https://ada:hunter2@h/token'}", "oidc.token_endpoint: "},
		{"oidc: {jwks_endpoint: 'https://h/jwks#x'}", "oidc.jwks_endpoint: "},
		{"oidc: {proxy: 'http://h:99999'}", "oidc.proxy: "},
		{"oidc: {proxy: 'http://h/path'}", "oidc.proxy: "},
		{"oidc: {login_redirect_url: 'javascript:alert(1)'}", "oidc.login_redirect_url: "},
		{"oidc: {login_failure_url: 'localhost:3000/'}", "oidc.login_failure_url: "},
		{"oidc: {logout_redirect_url: '//h/'}", "oidc.logout_redirect_url: "},
		{"redis: {url: 'redis://:hunter2@h:99999'}", "redis.url: "},
		{"redis: {url: 'redis://h/0#x'}", "redis.url: "},
		{"redis: {url: 'redis://256.0.0.1:6379'}", "redis.url: "},
		{"database: {url: 'postgres://ada:hunter2@h:99999/d'}", "database.url: "},
		{"database: {url: 'postgres://ada:hunter2@h/d?sslmode=perhaps'}", "database.url: "},
		{"database: {url: 'postgres://ada:x@h/d#hunter2'}", "database.url: "},
		{"mail: {host: 'smtp.example.org:25'}", "mail.host: "},
		{"mail: {host: 'smtp://smtp.example.org'}", "mail.host: "},
		{"mail: {base_url: 'ftp://h'}", "mail.base_url: "},
		{"mail: {base_url: 'https://h?x'}", "mail.base_url: "},
		{"telemetry: {otlp_endpoint: 'http://h:99999'}", "telemetry.otlp_endpoint: "},
		{"telemetry: {otlp_endpoint: 'http://ada:hunter2@h:4318'}", "telemetry.otlp_endpoint: "},
		{"throttles: {external_token: often}", "throttles.external_token: "},
		{"throttles: {external_token_client: 0/s}", "throttles.external_token_client: "},
	} {
		t.Run(x.text, func(t *testing.T) {
			_, _, err := load(t, x.text)
			require.ErrorContains(t, err, x.want)
			require.Contains(t, err.Error(), "config.yaml:")
			require.NotContains(t, err.Error(), "hunter2")
			named := map[string]bool{}
			for line := range strings.Lines(err.Error()) {
				_, rest, given := strings.Cut(line, "config.yaml:")
				_, rest, _ = strings.Cut(rest, ": ")
				key, _, _ := strings.Cut(rest, ": ")
				if !given {
					continue
				}
				require.False(t, named[key], "twice: %v", err)
				named[key] = true
			}
			require.Equal(t, strings.HasPrefix(x.text, "mail: {base"), named["mail.base_url"], "only what somebody wrote: %v", err)
		})
	}
}

func TestLoad_takes_addresses_that_can_be_used(t *testing.T) {
	for _, text := range []string{
		"http: {addr: '[::1]:8080'}\ntelemetry: {metrics_addr: '127.0.0.1:8080'}",
		"http: {addr: '127.0.0.1:0'}\ntelemetry: {metrics_addr: '127.0.0.1:0'}",
		"http: {addr: ':9464'}\ntelemetry: {metrics_addr: ''}",
		"http: {cors: {allowed_origins: ['tauri://localhost', 'http://localhost:3000']}, csrf_trusted_origins: ['https://*.example.org:8443']}",
		"recordings: {output_folder: a.b/..c/..., download_base_url: 'https://h/?a=b#/files'}",
		"mail: {base_url: 'https://h/#/'}",
		"livekit: {url: 'https://h:8443/livekit', api_key: k, api_secret: 0123456789abcdef0123456789abcdef}",
		"oidc: {proxy: 'http://ada:pw@proxy:3128', authorization_endpoint: 'https://h/auth?tenant=a'}\noidc2: {}",
		"oidc: {login_redirect_url: '/#/home', logout_redirect_url: 'http://localhost:3000/?a#b'}",
		"redis: {url: 'redis://:p%23w@redis_1:6379/0'}", "redis: {url: 'unix:///run/redis.sock'}",
		"database: {url: 'postgres://ada:p%23w@a:5432,b:5433/d?sslmode=require'}",
		"mail: {host: 2001:db8::1}", "mail: {host: my_relay}",
	} {
		t.Run(text, func(t *testing.T) {
			_, _, err := load(t, strings.TrimSuffix(text, "\noidc2: {}"))
			if err != nil { // the rest of the section does not matter here
				require.NotContains(t, err.Error(), "proxy")
				require.NotContains(t, err.Error(), "authorization_endpoint")
				require.Contains(t, text, "tenant", "%v", err)
			}
		})
	}
}

// The meaning is the replaced server's, whose environment contains them.
func TestAllowed_hosts_match_or_are_refused(t *testing.T) {
	for item, x := range map[string]struct{ host, refused string }{ // a name that it matches
		"meet.example.org":         {"meet.example.org", ""},
		"Meet.Example.org.":        {"meet.example.org", ""},
		".example.org":             {"a.b.example.org", ""},
		".example.org.":            {"example.org", ""},
		"*":                        {"anything.example.net", ""},
		"192.0.2.1":                {"192.0.2.1", ""},
		"2001:DB8::1":              {"[2001:db8::1]", ""},
		"[2001:db8::1]":            {"[2001:db8::1]", ""},
		"my_service":               {"my_service", ""},
		"xn--mnchen-3ya.de":        {"xn--mnchen-3ya.de", ""},
		"meet.example.org:8080":    {"", "without the port"},
		"[2001:db8::1]:80":         {"", "without the port"},
		"https://meet.example.org": {"", "without scheme"},
		"meet.example.org/":        {"", "without scheme and path"},
		"*.example.org":            {"", "write .example.org"},
		"meet.*":                   {"", "write .example.org for a domain"},
		"**":                       {"", "write .example.org for a domain"},
		"ada@example.org":          {"", "without a user"},
		"a b":                      {"", "not a host name"},
		"a..b":                     {"", "not a host name"},
		"..example.org":            {"", "not a host name"},
		".":                        {"", "there is no host"},
		"":                         {"", "there is no host"},
		"münchen.de":               {"", "xn--"},
		"256.0.0.1":                {"", "not an IP address"},
		".192.0.2.1":               {"", "an address has no sub-domains"},
		"fe80::1%eth0":             {"", "without the zone"},
	} {
		t.Run(item, func(t *testing.T) {
			c, _, err := load(t, fmt.Sprintf("http:\n  allowed_hosts: [%q]\n", item))
			if x.refused != "" {
				require.ErrorContains(t, err, "config.yaml:2: http.allowed_hosts: ")
				require.ErrorContains(t, err, x.refused)
				return
			}
			require.NoError(t, err)
			require.True(t, config.ParseHosts(c.HTTP.AllowedHosts).Allow(x.host))
			require.Equal(t, item == "*", config.ParseHosts(c.HTTP.AllowedHosts).Allow("other.example.com"))

			// An old environment starts even with a value that never matched there, next
			// to one that did.
			const dead = "meet.example.org:8080"
			_, warnings, err := load(t, "", "DJANGO_ALLOWED_HOSTS="+item+","+dead)
			require.NoError(t, err)
			require.Contains(t, fmtAll(warnings), "without the port")
			_, _, err = load(t, "", "DJANGO_ALLOWED_HOSTS="+dead)
			require.ErrorContains(t, err, "DJANGO_ALLOWED_HOSTS: http.allowed_hosts: ")
		})
	}
}

func TestLoad_warns_of_hosts_without_the_one_that_browsers_use(t *testing.T) {
	for hosts, want := range map[string]bool{
		"[other.example.org]": true, "[Meet.example.org]": false, "[.example.org]": false, "['*']": false, "[]": false,
	} {
		_, warnings, err := load(t, "http: {public_url: 'https://Meet.Example.ORG:8443', allowed_hosts: "+hosts+"}")
		require.NoError(t, err)
		require.Equal(t, want, strings.Contains(fmtAll(warnings), "does not have meet.example.org"), hosts)
	}
}

func TestLoad_writes_origins_as_browsers_do(t *testing.T) {
	c := mustLoad(t, "http: {public_url: 'HTTPS://Meet.Example.ORG:443/', csrf_trusted_origins: ['HTTPS://A.example.org/'], cors: {allowed_origins: ['http://B.example.org:80']}}")
	require.Equal(t, []string{"https://meet.example.org", "https://a.example.org", "http://b.example.org"},
		[]string{c.HTTP.PublicURL, c.HTTP.CSRFTrusted[0], c.HTTP.CORSOrigins[0]})
	require.Equal(t, []string{"https://meet.example.org", "meet.example.org"}, []string{c.Mail.BaseURL, c.Mail.Domain})
}

// Editors on Windows put a byte order mark at the start of UTF-8.
func TestLoad_reads_files_that_begin_with_a_byte_order_mark(t *testing.T) {
	const mark, key = "\ufeff", "from-a-file-of-its-own-32-bytes-!"
	secret, version := write(t, "secret", mark+key+"\r\n"), write(t, "version.json", mark+`{"version":"1"}`)
	for name, c := range map[string]*config.Config{
		"file":                                  mustLoad(t, mark+"secrets: {key: "+key+"}"),
		"key_file":                              mustLoad(t, mark+"# a remark\nsecrets: {key_file: "+secret+"}\nhttp: {version_file: "+version+"}"),
		"variable":                              mustLoad(t, "", "GATEWAY_SECRETS__KEY_FILE="+secret),
		"legacy":                                mustLoad(t, "", "DJANGO_SECRET_KEY_FILE="+secret),
		"the first line of an environment file": mustLoad(t, "", mark+"DJANGO_SECRET_KEY="+key),
	} {
		require.Equal(t, key, c.Secrets.Key.Reveal(), name)
		if c.HTTP.VersionFile != "" {
			text, err := c.HTTP.Version()
			require.NoError(t, err)
			require.JSONEq(t, `{"version":"1"}`, string(text))
		}
	}
	_, _, err := load(t, "", "DJANGO_SECRET_KEY_FILE="+write(t, "utf16", "\xff\xfek\x00e\x00y\x00"))
	require.ErrorContains(t, err, "is UTF-16: write it as UTF-8")
}
