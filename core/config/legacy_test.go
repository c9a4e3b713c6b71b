package config_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

// fmtAll prints v in every way that a log might.
func fmtAll(v any) string {
	text, _ := json.Marshal(v)
	return fmt.Sprintf("%v %+v %#v %s %s", v, v, v, v, text)
}

func TestLegacy_environment_is_read_in_its_own_forms(t *testing.T) {
	c := mustLoad(t, "",
		"DJANGO_ALLOWED_HOSTS=[\"meet.example.org\", \".example.org\"]", "DJANGO_CORS_ALLOW_ALL_ORIGINS=Yes",
		"DJANGO_LANGUAGES=nl-nl,Dutch;fr-fr,French", "DJANGO_LANGUAGE_CODE=fr-fr", "SESSION_COOKIE_AGE=3600",
		"OIDC_AUTH_REQUEST_EXTRA_PARAMS={'acr_values': 'eidas1', 'max_age': 5}", "OIDC_USE_PKCE=n",
		"LIVEKIT_API_URL=", "LIVEKIT_URL=ws://127.0.0.1:7880", "LIVEKIT_DEFAULT_SOURCES=camera, microphone",
		"FRONTEND_IDLE_DISCONNECT_WARNING_DELAY=120000", "FRONTEND_CUSTOM_CSS_URL=", "LOGGING_LEVEL_LOGGERS_ROOT=WARNING",
		"FRONTEND_SILENCE_LIVEKIT_DEBUG=", "RESOURCE_DEFAULT_ACCESS_LEVEL=trusted")
	require.Equal(t, []string{"meet.example.org", ".example.org"}, c.HTTP.AllowedHosts)
	require.True(t, c.HTTP.CORSAllowAll)
	require.Equal(t, []string{"nl-nl", "fr-fr"}, c.Users.Languages)
	require.Equal(t, "fr-fr", c.Users.Language)
	require.Equal(t, time.Hour, c.Session.Lifetime)
	require.Equal(t, map[string]any{"acr_values": "eidas1", "max_age": int64(5)}, c.OIDC.AuthParams)
	require.False(t, c.OIDC.UsePKCE)
	require.Equal(t, "ws://127.0.0.1:7880", c.LiveKit.URL)
	require.Equal(t, []string{"camera", "microphone"}, c.LiveKit.DefaultSources)
	require.Equal(t, 120000, *c.Frontend.IdleDisconnectDelay)
	require.Equal(t, "", *c.Frontend.CustomCSSURL)
	require.Nil(t, c.Frontend.ManifestLink)
	require.Equal(t, "warn", c.Telemetry.LogLevel)
	require.Equal(t, "trusted", c.Rooms.DefaultAccessLevel)

	// Here nothing but the replaced server's own settings is given.
	c = mustLoad(t, "", "LOGGING_LEVEL_LOGGERS_ROOT=ERROR", "LOGGING_LEVEL_LOGGERS_APP=DEBUG")
	require.Equal(t, "debug", c.Telemetry.LogLevel)
}

func TestLegacy_database_parts_make_an_address(t *testing.T) {
	password := write(t, "password", "p@ss/word\n")
	cases := []struct {
		name    string
		environ []string
		want    string
	}{
		{"none", nil, ""},
		{"one", []string{"DB_HOST=db"}, "postgres://dinum:pass@db:5432/meet"},
		{"all", []string{"DB_HOST=db", "DB_PORT=5433", "DB_NAME=n", "DB_USER=u", "DB_PASSWORD_FILE=" + password, "DB_PASSWORD=x"}, "postgres://u:p%40ss%2Fword@db:5433/n"},
		{"socket", []string{"DB_HOST=/run/postgresql"}, "postgres://dinum:pass@/meet?host=%2Frun%2Fpostgresql&port=5432"},
		{"url wins", []string{"DB_HOST=db", "DATABASE_URL=postgres://h/d"}, "postgres://h/d"},
		{"gateway wins", []string{"DB_HOST=db", "GATEWAY_DATABASE__URL=postgres://g/d"}, "postgres://g/d"},
		{"other spellings", []string{"DATABASE_URL=pgsql://h/d?currentSchema=s&sslmode=require"}, "postgres://h/d?search_path=s&sslmode=require"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, mustLoad(t, "", c.environ...).Database.URL.Reveal()) })
	}
	_, _, err := load(t, "", "DATABASE_URL=")
	require.EqualError(t, err, "DATABASE_URL: database.url: is set but empty")
	_, _, err = load(t, "", "DB_PORT=http")
	require.EqualError(t, err, `DB_PORT: database.url: "http" is not a port`)
	_, _, err = load(t, "", "DB_PASSWORD_FILE=/nowhere")
	require.ErrorContains(t, err, "DB_PASSWORD_FILE: database.url: cannot read the value")
}

func TestLegacy_presets_change_defaults(t *testing.T) {
	for _, name := range []string{"Production", "Feature", "Staging", "Sandbox", "PreProduction", "Demo"} {
		c := mustLoad(t, "", "DJANGO_CONFIGURATION="+name, "DJANGO_CSRF_TRUSTED_ORIGINS=https://a.example.org")
		require.Equal(t, []any{true, true, time.Minute, true}, []any{c.HTTP.RedirectHTTPS, c.HTTP.SecureCookies, c.HTTP.HSTS, c.HTTP.HSTSSubdomains})
		require.Equal(t, []string{"https://a.example.org"}, c.HTTP.CSRFTrusted)
		require.Equal(t, "sessionid", c.Session.CookieName)
	}
	require.False(t, mustLoad(t, "http: {redirect_https: false}", "DJANGO_CONFIGURATION=Production").HTTP.RedirectHTTPS)

	c, warnings, err := load(t, "", "DJANGO_CONFIGURATION=Development", "DJANGO_ALLOWED_HOSTS=a", "DJANGO_CSRF_TRUSTED_ORIGINS=https://b")
	require.NoError(t, err)
	require.Equal(t, "meet_sessionid", c.Session.CookieName)
	require.True(t, c.HTTP.CORSAllowAll)
	require.Equal(t, []string{"http://localhost:8072", "http://localhost:3000"}, c.HTTP.CSRFTrusted)
	require.Empty(t, c.HTTP.AllowedHosts)
	require.Contains(t, texts(warnings), "DJANGO_ALLOWED_HOSTS: ignored under DJANGO_CONFIGURATION=Development")

	_, warnings, err = load(t, "", "DJANGO_CONFIGURATION=Test")
	require.NoError(t, err)
	require.Contains(t, texts(warnings), "DJANGO_CONFIGURATION: Test has no meaning here: the defaults hold")
}

func TestLegacy_production_believes_proxies_on_private_networks_unless_told(t *testing.T) {
	private := []string{"127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "100.64.0.0/10"}
	const warning = "http.trusted_proxies: not set: DJANGO_CONFIGURATION=Production believes X-Forwarded-For and X-Forwarded-Proto from every private address; name your proxies"
	cases := []struct {
		name, text string
		environ    []string
		want       []string
		warned     bool
	}{
		{"not said", "", nil, private, true},
		{"file", "http: {trusted_proxies: [192.0.2.1]}", nil, []string{"192.0.2.1"}, false},
		{"file, none", "http: {trusted_proxies: []}", nil, nil, false},
		{"file, the same", "http: {trusted_proxies: [127.0.0.0/8, '::1', 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 'fc00::/7', 100.64.0.0/10]}", nil, private, false},
		{"variable", "", []string{"GATEWAY_HTTP__TRUSTED_PROXIES=192.0.2.2"}, []string{"192.0.2.2"}, false},
		{"variable, none", "", []string{"GATEWAY_HTTP__TRUSTED_PROXIES="}, nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, warnings, err := load(t, c.text, append(c.environ, "DJANGO_CONFIGURATION=Production")...)
			require.NoError(t, err)
			require.Equal(t, c.want, append([]string(nil), got.HTTP.TrustedProxies...))
			require.Equal(t, c.warned, slices.Contains(texts(warnings), warning), texts(warnings))
		})
	}
	require.Empty(t, mustLoad(t, "", "DJANGO_CONFIGURATION=Development").HTTP.TrustedProxies)
	require.Empty(t, mustLoad(t, "").HTTP.TrustedProxies)
}

func texts(warnings []config.Warning) []string {
	var all []string
	for _, w := range warnings {
		all = append(all, w.String())
	}
	return all
}

func TestLoad_warns_of(t *testing.T) {
	cases := map[string]struct {
		environ []string
		want    string
	}{
		"mistaken name":      {[]string{"SENTRY_DSN=x"}, "SENTRY_DSN: not read: the setting is called DJANGO_SENTRY_DSN"},
		"meaningless name":   {[]string{"MEET_BASE_URL=x"}, "MEET_BASE_URL: not read: no setting has this name"},
		"kubernetes service": {[]string{"GATEWAY_PORT_8080_TCP_ADDR=10.0.0.1"}, "GATEWAY_PORT_8080_TCP_ADDR: ignored: it looks like one that Kubernetes sets for a service; enableServiceLinks: false keeps it away"},
		"webhook filter":     {[]string{"LIVEKIT_WEBHOOK_EVENTS_FILTER_REGEX=("}, "LIVEKIT_WEBHOOK_EVENTS_FILTER_REGEX: livekit.webhook_filter: not used, for it is not a regular expression: error parsing regexp: missing closing ): `(`"},
		"return host":        {[]string{"OIDC_OP_URL=https://id.example.org", "OIDC_REDIRECT_ALLOWED_HOSTS=https://a"}, `OIDC_REDIRECT_ALLOWED_HOSTS: oidc.return_hosts: "https://a" never matches: write the host without scheme`},
		"generated key":      {[]string{"DATABASE_URL=postgres://h/d", "REDIS_URL=redis://h"}, "secrets.key: not set: it is generated in database.dir, and replicas need the same one"},
		"short key":          {[]string{"DJANGO_SECRET_KEY=12345678901234567890"}, "DJANGO_SECRET_KEY: secrets.key: has 20 bytes: 32 or more are safer"},
		"telephony":          {[]string{"ROOM_TELEPHONY_ENABLED=1"}, "telephony.phone_number: not set: clients are told that telephony is off"},
		"missing module":     {[]string{"RECORDING_ENABLE=True"}, "RECORDING_ENABLE: has no effect: this binary has no module for it"},
		"no sign-in":         {nil, "oidc.issuer: not set: nobody can sign in"},
		"no LiveKit":         {nil, "livekit.api_key: not set: nobody can join a meeting"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, warnings, err := load(t, "", c.environ...)
			require.NoError(t, err)
			require.Contains(t, texts(warnings), c.want)
		})
	}
	require.Empty(t, mustLoad(t, "", "LIVEKIT_WEBHOOK_EVENTS_FILTER_REGEX=(").LiveKit.WebhookFilter)
}

func TestLoad_refuses(t *testing.T) {
	cases := map[string]struct {
		environ []string
		want    string
	}{
		"unknown variable":      {[]string{"GATEWAY_HTTP_ADDR=x"}, "GATEWAY_HTTP_ADDR: unknown variable (did you mean GATEWAY_HTTP__ADDR?)"},
		"missing version file":  {[]string{"GATEWAY_HTTP__VERSION_FILE=/nowhere"}, "GATEWAY_HTTP__VERSION_FILE: http.version_file: /nowhere: no such file"},
		"wrong version file":    {[]string{"GATEWAY_HTTP__VERSION_FILE=legacy_test.go"}, "GATEWAY_HTTP__VERSION_FILE: http.version_file: legacy_test.go is not JSON"},
		"unknown module":        {[]string{"GATEWAY_MODULES__NOBODY__ENABLED=true"}, "GATEWAY_MODULES__NOBODY__ENABLED: unknown variable"},
		"file of plain field":   {[]string{"GATEWAY_HTTP__ADDR_FILE=/x"}, "GATEWAY_HTTP__ADDR_FILE: unknown variable (did you mean GATEWAY_HTTP__ADDR?)"},
		"empty key":             {[]string{"DJANGO_SECRET_KEY="}, "DJANGO_SECRET_KEY: secrets.key: is set but empty"},
		"tiny key":              {[]string{"DJANGO_SECRET_KEY=short"}, "DJANGO_SECRET_KEY: secrets.key: has 5 bytes: give 32 or more"},
		"missing key set":       {[]string{"OIDC_OP_AUTHORIZATION_ENDPOINT=https://i/a", "OIDC_OP_TOKEN_ENDPOINT=https://i/t", "OIDC_OP_USER_ENDPOINT=https://i/u"}, "oidc.jwks_endpoint: is needed for RS256 without oidc.issuer"},
		"pkce size":             {[]string{"OIDC_PKCE_CODE_VERIFIER_SIZE=42"}, "OIDC_PKCE_CODE_VERIFIER_SIZE: oidc.pkce_verifier_size: 42 is less than 43"},
		"userinfo format":       {[]string{"OIDC_OP_USER_ENDPOINT_FORMAT=json"}, `OIDC_OP_USER_ENDPOINT_FORMAT: oidc.userinfo_format: "json" is not one of AUTO, JSON, JWT`},
		"hs without secret":     {[]string{"OIDC_OP_URL=https://i", "OIDC_RP_SIGN_ALGO=HS256"}, "oidc.client_secret: is needed for HS256"},
		"unknown preset":        {[]string{"DJANGO_CONFIGURATION=production"}, "DJANGO_CONFIGURATION: unknown preset production (did you mean Production?)"},
		"pairs":                 {[]string{"DJANGO_LANGUAGES=en-us"}, `DJANGO_LANGUAGES: users.languages: "en-us" is not code,Name`},
		"language":              {[]string{"DJANGO_LANGUAGE_CODE=xx"}, `DJANGO_LANGUAGE_CODE: users.language: "xx" is not one of users.languages: en-us, fr-fr, nl-nl, de-de`},
		"origin without scheme": {[]string{"DJANGO_CSRF_TRUSTED_ORIGINS=a.example.org"}, `DJANGO_CSRF_TRUSTED_ORIGINS: http.csrf_trusted_origins: "a.example.org" has no scheme: write https://a.example.org`},
		"secret without key":    {[]string{"LIVEKIT_API_SECRET=x"}, "livekit.api_key: is needed with livekit.api_secret"},
		"webhook key":           {[]string{"GATEWAY_LIVEKIT__WEBHOOK_KEYS=[{key: a}]"}, "GATEWAY_LIVEKIT__WEBHOOK_KEYS: livekit.webhook_keys: item 1: key and secret are both needed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, _, err := load(t, "", c.environ...)
			require.EqualError(t, err, c.want)
		})
	}
}
